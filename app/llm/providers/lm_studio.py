"""LM Studio: the OpenAI wire, and an API of its own that tells what is in memory.

`GET /v1/models` lists what was downloaded, whether it is loaded or not.
"""

from collections.abc import Iterator
from typing import Any

from app.llm.errors import BadGateway
from app.llm.providers._loading import Loading, LocalModel
from app.llm.providers._openai_payload import count_in, dict_in, dicts_in, text_in
from app.llm.providers._openai_wire import OpenAIProvider
from app.llm.providers.connection import Connection
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts


class LMStudio(OpenAIProvider):
    def __init__(self, row: ProviderRow, connection: Connection, timeouts: Timeouts) -> None:
        super().__init__(row, connection, timeouts)
        if row.loading_timeout is not None:
            self.loading = Loading(self.installed, row.loading_timeout, timeouts)

    async def installed(self) -> tuple[LocalModel, ...]:
        """What was downloaded, by the newest of its APIs that is there; empty when none is.

        Raises `LLMError`, within 5 s for each of the two.
        """
        for path, read in (("/api/v1/models", _v1), ("/api/v0/models", _v0)):
            try:
                payload = await self.fetch_json(path)
            except BadGateway:
                continue
            if found := tuple(read(dict_in(payload))):
                return found
        return ()


def _v1(payload: dict[str, Any]) -> Iterator[LocalModel]:
    """Since LM Studio 0.4: loaded is what has instances, each with a context and a name."""
    for row in dicts_in(payload.get("models")):
        instances = dicts_in(row.get("loaded_instances"))
        most = count_in(row.get("max_context_length"))
        contexts = [
            count_in(dict_in(each.get("config")).get("context_length")) for each in instances
        ]
        least = min(filter(None, contexts), default=most)
        names = (text_in(row.get("key")), *(text_in(each.get("id")) for each in instances))
        for name in filter(None, dict.fromkeys(names)):
            yield LocalModel(name, bool(instances), least or None)


def _v0(payload: dict[str, Any]) -> Iterator[LocalModel]:
    """Since LM Studio 0.3.6. An OpenAI list has no `state`."""
    for row in dicts_in(payload.get("data")):
        if (name := text_in(row.get("id"))) and (state := text_in(row.get("state"))):
            most = count_in(row.get("max_context_length"))
            context = count_in(row.get("loaded_context_length")) or most
            yield LocalModel(name, state == "loaded", context or None)

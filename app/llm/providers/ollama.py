"""Ollama: the OpenAI wire, and an API of its own that tells what is in memory."""

from typing import Any

from app.llm.providers._loading import Loading, LocalModel
from app.llm.providers._openai_payload import count_in, dict_in, dicts_in, text_in
from app.llm.providers._openai_wire import OpenAIProvider
from app.llm.providers.connection import Connection
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_LATEST = ":latest"


class Ollama(OpenAIProvider):
    def __init__(self, row: ProviderRow, connection: Connection, timeouts: Timeouts) -> None:
        super().__init__(row, connection, timeouts)
        if row.loading_timeout is not None:
            self.loading = Loading(self.installed, row.loading_timeout, timeouts)

    async def installed(self) -> tuple[LocalModel, ...]:
        """What was pulled, under every name it goes by. Raises `LLMError`, within 10 s.

        The context is known of loaded models alone: Ollama chooses it when it loads one.
        """
        tags = dict_in(await self.fetch_json("/api/tags"))
        running = dict_in(await self.fetch_json("/api/ps"))
        contexts = {_name(row): row for row in dicts_in(running.get("models"))}
        return tuple(
            LocalModel(name, row is not None, count_in(dict_in(row).get("context_length")) or None)
            for listed in dicts_in(tags.get("models"))
            for row in [contexts.get(_name(listed))]
            for name in _names(_name(listed))
        )


def _name(row: dict[str, Any]) -> str:
    return text_in(row.get("model")) or text_in(row.get("name"))


def _names(name: str) -> tuple[str, ...]:
    """`llama3.2` stands for `llama3.2:latest`."""
    return (name, name.removesuffix(_LATEST)) if name.endswith(_LATEST) else (name,)

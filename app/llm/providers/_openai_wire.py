"""A provider that speaks the OpenAI wire: address, key, and one client for all its models."""

from typing import Any

from app.kit import json
from app.llm.errors import RequestRefused
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._failures import Failures
from app.llm.providers._loading import Loading
from app.llm.providers._openai_model import OpenAIModel, Wire
from app.llm.providers._transport import TRANSPORT_ERRORS, Network, succeeded
from app.llm.providers.connection import Connection
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_LISTING = Timeouts(connect=2, first_token=5, idle=5, total=5)
_LIST = 64 * 1024 * 1024  # bytes; the longest list there is has about one megabyte


class OpenAIProvider:
    """Lives as long as the process."""

    def __init__(self, row: ProviderRow, connection: Connection, timeouts: Timeouts) -> None:
        self.row = row
        self.base_url = (connection.base_url or row.base_url).rstrip("/")
        key = connection.api_key.get_secret_value() if connection.api_key else ""
        authorization = {"Authorization": f"Bearer {key}"} if key else {}
        network = Network(self.base_url, {**row.headers, **authorization}, timeouts)
        self._wire = Wire(row, key, network, timeouts)
        self.loading: Loading | None = None

    def model(self, name: str) -> OpenAIModel:
        return OpenAIModel(self._wire, name, self.loading)

    async def list_models(self) -> tuple[str, ...]:
        """The ids in the provider's order. Where it has no list, those that the registry knows,
        once it showed that it is there. Raises `LLMError`, within 5 s."""
        if self.row.listing is None:
            await self._knock()
            return self.row.models
        failures = self._wire.failures()
        return _model_ids(await fetch(self._wire.network, self.row.listing, failures), failures)

    async def look(self) -> None:
        await self.list_models()

    async def fetch_json(self, path: str) -> Any:
        """The JSON at `path`, which continues the base address, or with a slash in front, starts at
        its host. Raises `LLMError`, within 5 s."""
        failures = self._wire.failures()
        try:
            return json.loads(await fetch(self._wire.network, path, failures))
        except ValueError as error:
            raise failures.unusable("sent something that isn't JSON") from error

    async def _knock(self) -> None:
        """A request that is no question: whoever is there refuses it, and charges nothing."""
        try:
            await fetch(self._wire.network, "chat/completions", self._wire.failures(), body=b"{}")
        except RequestRefused as error:
            if error.upstream_status not in (400, 422):
                raise

    async def aclose(self) -> None:
        await self._wire.network.aclose()


async def fetch(
    network: Network, path: str, failures: Failures, body: bytes | None = None
) -> bytes:
    """The answer at `path`, to a `POST` where there is a body to send. Raises `LLMError`, within
    5 s."""
    deadlines = Deadlines(_LISTING, failures)
    try:
        response = await deadlines.wait(
            network.get(path) if body is None else network.post(path, body)
        )
        answer = await deadlines.read(response, _LIST)
    except TRANSPORT_ERRORS as error:
        raise failures.unreachable(error) from error
    if not succeeded(response):
        text = answer.decode("utf-8", "replace")
        raise failures.from_status(response.status, text, response.headers)
    return answer


def _model_ids(content: bytes, failures: Failures) -> tuple[str, ...]:
    try:
        rows = json.loads(content)["data"]
        return tuple(str(row["id"]) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise failures.unusable("sent no list of models") from error

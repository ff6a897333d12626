"""A provider that speaks the OpenAI wire: address, key, and one client for all its models."""

from app.kit import json
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._failures import Failures
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

    def model(self, name: str) -> OpenAIModel:
        return OpenAIModel(self._wire, name)

    async def list_models(self) -> tuple[str, ...]:
        """The ids at `GET /models`, in the provider's order. Raises `LLMError`, within 5 s."""
        failures = self._wire.failures()
        return _model_ids(await fetch(self._wire.network, "models", failures), failures)

    async def aclose(self) -> None:
        await self._wire.network.aclose()


async def fetch(network: Network, path: str, failures: Failures) -> bytes:
    """The body at `path`. Raises `LLMError`, within 5 s."""
    deadlines = Deadlines(_LISTING, failures)
    try:
        response = await deadlines.wait(network.get(path))
        body = await deadlines.read(response, _LIST)
    except TRANSPORT_ERRORS as error:
        raise failures.unreachable(error) from error
    if not succeeded(response):
        text = body.decode("utf-8", "replace")
        raise failures.from_status(response.status, text, response.headers)
    return body


def _model_ids(content: bytes, failures: Failures) -> tuple[str, ...]:
    try:
        rows = json.loads(content)["data"]
        return tuple(str(row["id"]) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise failures.unusable("sent no list of models") from error

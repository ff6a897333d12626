"""A provider that speaks the OpenAI wire: address, key, and one client for all its models."""

import httpx

from app.kit import json
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._failures import Failures
from app.llm.providers._openai_model import OpenAIModel, Wire
from app.llm.providers._transport import TRANSPORT_ERRORS, open_client
from app.llm.providers.connection import Connection
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_LISTING = Timeouts(connect=2, first_token=5, idle=5, total=5)


class OpenAIProvider:
    """Lives as long as the process. `transport` takes the place of the network."""

    def __init__(
        self,
        row: ProviderRow,
        connection: Connection,
        timeouts: Timeouts,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.row = row
        self.base_url = (connection.base_url or row.base_url).rstrip("/")
        key = connection.api_key.get_secret_value() if connection.api_key else ""
        authorization = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = open_client(
            self.base_url, {**row.headers, **authorization}, timeouts, transport
        )
        chat_url = httpx.URL(f"{self.base_url}/chat/completions")
        self._wire = Wire(row, key, self._http, chat_url, timeouts)

    def model(self, name: str) -> OpenAIModel:
        return OpenAIModel(self._wire, name)

    async def list_models(self) -> tuple[str, ...]:
        """The ids at `GET /models`, in the provider's order. Raises `LLMError`, within 5 s."""
        failures = self._wire.failures()
        try:
            response = await Deadlines(_LISTING, failures).wait(self._http.get("models"))
        except TRANSPORT_ERRORS as error:
            raise failures.unreachable(error) from error
        if not response.is_success:
            raise failures.from_status(response.status_code, response.text, response.headers)
        return _model_ids(response.content, failures)

    async def aclose(self) -> None:
        await self._http.aclose()


def _model_ids(content: bytes, failures: Failures) -> tuple[str, ...]:
    try:
        rows = json.loads(content)["data"]
        return tuple(str(row["id"]) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise failures.unusable("sent no list of models") from error

"""Anthropic's API by its SDK. Importing this module takes most of a second."""

import anthropic

from app.llm.catalogue.facts import ModelFacts
from app.llm.messages import ModelRef
from app.llm.providers._anthropic_errors import ERRORS, begin_failed
from app.llm.providers._anthropic_model import AnthropicModel, Wire
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._sdk_http import SdkHttp
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_LISTING = Timeouts(connect=2, first_token=5, idle=5, total=5)
_PAGE = 1000
_PARAMETERS = frozenset({"max_tokens", "stop", "tools", "tool_choice"})


class AnthropicService:
    """One client for all models. Our own layers retry, and our own telemetry traces."""

    def __init__(self, row: ProviderRow, base_url: str, key: str, timeouts: Timeouts) -> None:
        self._client = anthropic.AsyncAnthropic(
            api_key=key,
            base_url=base_url,
            max_retries=0,
            http_client=SdkHttp(timeouts),
            open_telemetry=False,
        )
        self._wire = Wire(row, key, self._client, timeouts)

    def model(self, name: str) -> AnthropicModel:
        return AnthropicModel(self._wire, name)

    async def facts(self) -> tuple[ModelFacts, ...]:
        failures = self._wire.failures()
        try:
            return await Deadlines(_LISTING, failures).wait(self._list())
        except ERRORS as error:
            raise begin_failed(error, failures) from None  # theirs may quote the key
        except (AttributeError, TypeError, ValueError) as error:
            raise failures.unusable("sent no list of models") from error

    async def _list(self) -> tuple[ModelFacts, ...]:
        models = self._client.models.list(limit=_PAGE)
        return tuple([_facts(self._wire.row.name, info) async for info in models])

    async def aclose(self) -> None:
        await self._client.close()


def _facts(provider: str, info: anthropic.types.ModelInfo) -> ModelFacts:
    """`max_input_tokens` is the whole context window, in which the answer has its place too."""
    parameters, inputs = set(_PARAMETERS), {"text"}
    if (can := info.capabilities) is not None:
        parameters |= {"response_format"} if can.structured_outputs.supported else set()
        parameters |= {"reasoning"} if can.thinking.supported else set()
        inputs |= {"image"} if can.image_input.supported else set()
        inputs |= {"file"} if can.pdf_input.supported else set()
    return ModelFacts(
        ref=ModelRef(provider, info.id),
        name=info.display_name,
        context_length=info.max_input_tokens,
        max_output=info.max_tokens,
        input_modalities=frozenset(inputs),
        parameters=frozenset(parameters),
        retired=info.lifecycle == "retired",
    )

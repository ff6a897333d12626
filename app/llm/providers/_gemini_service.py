"""Gemini's API by Google's SDK. Importing this module takes a third of a second."""

from google import genai
from google.genai.types import HttpOptions, ListModelsConfig, Model

from app.llm.catalogue.facts import TEXT, ModelFacts
from app.llm.catalogue.listings.kinds import EMBEDDINGS, outputs
from app.llm.messages import ModelRef
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._gemini_errors import ERRORS, begin_failed
from app.llm.providers._gemini_model import GeminiModel, Wire
from app.llm.providers._sdk_http import SdkHttp
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_LISTING = Timeouts(connect=2, first_token=5, idle=5, total=5)
_PAGE = 1000
_SEES = TEXT | {"image"}
_PARAMETERS = frozenset({"max_tokens", "stop", "temperature", "top_p"})
_GEMINI_TOO = frozenset({"tools", "tool_choice", "response_format"})


class GeminiService:
    """One client for all models. It is given an httpx2 client, since with any other it would retry
    by itself."""

    def __init__(self, row: ProviderRow, base_url: str, key: str, timeouts: Timeouts) -> None:
        self._http = SdkHttp(timeouts)
        self._client = genai.Client(
            api_key=key,
            enterprise=False,
            http_options=HttpOptions(base_url=base_url, httpx_async_client=self._http),
        )
        self._wire = Wire(row, key, self._client.aio, timeouts)

    def model(self, name: str) -> GeminiModel:
        return GeminiModel(self._wire, name)

    async def facts(self) -> tuple[ModelFacts, ...]:
        failures = self._wire.failures()
        try:
            models = await Deadlines(_LISTING, failures).wait(self._list())
        except ERRORS as error:
            raise begin_failed(error, failures, self._wire.row) from None  # it may quote the key
        return tuple(_facts(self._wire.row.name, model) for model in models if _callable(model))

    async def _list(self) -> list[Model]:
        pager = await self._wire.client.models.list(config=ListModelsConfig(page_size=_PAGE))
        return [model async for model in pager]

    async def aclose(self) -> None:
        self._client.close()
        await self._client.aio.aclose()
        await self._http.aclose()


def _callable(model: Model) -> bool:
    return bool(
        model.name and {"generateContent", "embedContent"} & set(model.supported_actions or ())
    )


def _facts(provider: str, model: Model) -> ModelFacts:
    """Its two limits count apart, and so add up. What it takes and gives isn't told, but by its
    name."""
    name = (model.name or "").removeprefix("models/")
    chats = "generateContent" in (model.supported_actions or ())
    gemini = chats and name.startswith("gemini-")
    limits = (model.input_token_limit, model.output_token_limit if chats else 0)
    return ModelFacts(
        ref=ModelRef(provider, name),
        name=model.display_name or name,
        context_length=None if None in limits else sum(limit or 0 for limit in limits),
        max_output=model.output_token_limit if chats else None,
        input_modalities=_SEES if gemini else TEXT,
        output_modalities=outputs(name) if chats else EMBEDDINGS,
        parameters=_parameters(model, gemini=gemini) if chats else frozenset(),
    )


def _parameters(model: Model, *, gemini: bool) -> frozenset[str]:
    thinks = frozenset({"reasoning"}) if model.thinking else frozenset[str]()
    return _PARAMETERS | thinks | (_GEMINI_TOO if gemini else frozenset())

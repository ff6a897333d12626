"""The provider that needs nothing: one built-in model that says what it is, quotes what was found,
and tells how to connect another."""

from collections.abc import Sequence
from decimal import Decimal

from app.llm.catalogue.facts import ModelFacts, Prices
from app.llm.messages import ModelRef
from app.llm.model import ChatModel
from app.llm.providers._offline_faults import FAULTS, Faults
from app.llm.providers._offline_model import (
    ASSISTANT,
    FaultyModel,
    NoSuchModel,
    OfflineModel,
    no_model,
)
from app.llm.providers._sdk_failures import SdkFailures
from app.llm.providers.connected import OFFLINE
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_ROW = ProviderRow(
    name=OFFLINE,
    title="The built-in model",
    base_url="",
    needs_key=False,
    remedy="it is always there",
)
_NOTHING = Decimal(0)
_FACTS = ModelFacts(
    ref=ModelRef(OFFLINE, ASSISTANT),
    name="Built-in assistant",
    parameters=frozenset({"max_tokens"}),
    prices=Prices(prompt=_NOTHING, completion=_NOTHING),
    free=True,
)


class OfflineProvider:
    """`configured` are the other providers. `faults` lets `offline:slow`, `:flaky`, `:cut` and
    `:malformed` be asked."""

    row = _ROW
    base_url = ""

    def __init__(
        self, configured: Sequence[str] = (), timeouts: Timeouts | None = None, *, faults: bool
    ) -> None:
        self._configured = tuple(configured)
        self._faults = Faults(timeouts or Timeouts()) if faults else None

    def model(self, name: str) -> ChatModel:
        ref, failures = ModelRef(OFFLINE, name), SdkFailures(_ROW, name)
        if name == ASSISTANT:
            return OfflineModel(ref, failures, self._configured)
        if self._faults is not None and name in FAULTS:
            return FaultyModel(ref, failures, self._configured, self._faults.named(name))
        return NoSuchModel(no_model(name))

    async def list_models(self) -> tuple[str, ...]:
        return (ASSISTANT,)

    async def look(self) -> None:
        """It is always there."""

    async def facts(self) -> tuple[ModelFacts, ...]:
        return (_FACTS,)

    async def aclose(self) -> None:
        """Nothing is open."""

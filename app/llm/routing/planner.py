"""Turns what a caller asked for into the models that are tried."""

from collections.abc import Callable
from typing import Protocol

from app.llm.call import Call
from app.llm.catalogue.catalogue import LiveCatalogue
from app.llm.errors import ProviderDisabled
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.chain import Chains
from app.llm.routing.plan import Candidate, Plan


class Planner(Protocol):
    def plan(self, request: ModelRequest, call: Call) -> Plan:
        """At least one candidate; notes in `call.decision` what was decided and why.

        Raises `UnknownModel`, `ProviderDisabled`, `NoModelFits`, `FreeModelsExhausted`. Fast: it
        is made for every call, from what is in memory.
        """
        ...


class ChainPlanner:
    """The model asked for, then the task's chain. `require` raises `ProviderDisabled`: that is told
    about the model asked for, and skipped over in the fallbacks."""

    def __init__(
        self, chains: Chains, require: Callable[[str], object], catalogue: LiveCatalogue
    ) -> None:
        self._chains = chains
        self._require = require
        self._catalogue = catalogue

    def plan(self, request: ModelRequest, call: Call) -> Plan:  # noqa: ARG002  # until it explains
        refs = []
        if request.model is not None:
            self._require(request.model.provider)
            refs.append(request.model)
        refs += [ref for ref in self._chains.fallbacks(request) if self._configured(ref)]
        if not refs:
            raise _nothing_at_hand(request)
        return Plan(tuple(Candidate(ref, self._catalogue.current.find(ref)) for ref in refs))

    def _configured(self, ref: ModelRef) -> bool:
        try:
            self._require(ref.provider)
        except ProviderDisabled:
            return False
        return True


class Planned:
    """Has the route planned before the call goes on to it."""

    def __init__(self, inner: ChatModel, planner: Planner) -> None:
        self._inner = inner
        self._planner = planner

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        call.plan = self._planner.plan(request, call)
        return await self._inner.open(request, call)


def _nothing_at_hand(request: ModelRequest) -> ProviderDisabled:
    return ProviderDisabled(
        f"No model is at hand for '{request.task}': name one in the request, or set "
        "LLM_CHAIN to models of configured providers, as in "
        "LLM_CHAIN=openrouter:openai/gpt-5-mini,ollama:llama3.2:3b"
    )

"""Turns to models that nobody listed, when all that were listed are busy or away."""

from dataclasses import replace
from decimal import Decimal

from app.llm.call import Call
from app.llm.catalogue.capabilities import chats
from app.llm.catalogue.catalogue import LiveCatalogue
from app.llm.cost import usual_price
from app.llm.errors import (
    BudgetExceeded,
    BudgetUnavailable,
    ChainExhausted,
    FreeModelsExhausted,
    LLMError,
    ModelTimeout,
    NoModelFits,
    ProviderUnavailable,
)
from app.llm.messages import ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.asked import Asked
from app.llm.routing.names import Directory
from app.llm.routing.ordering import by_cost
from app.llm.routing.plan import Candidate, Plan, Source
from app.llm.routing.profile import LiveProfiles
from app.llm.routing.suitability import Fits, capable, free, gives, needs_of, sift

_MOST = 3
_BUSY_OR_AWAY = frozenset({ProviderUnavailable.code, ModelTimeout.code})


class Elsewhere:
    """Finds models outside of a plan."""

    def __init__(
        self, providers: Directory, catalogue: LiveCatalogue, profiles: LiveProfiles
    ) -> None:
        self._providers = providers
        self._catalogue = catalogue
        self._profiles = profiles

    def find(self, request: ModelRequest, plan: Plan) -> tuple[Candidate, ...]:
        """At most three that can do it, cost nothing or what is known, and are no dearer than the
        dearest of the plan; those of other providers first, then the cheapest."""
        refs = {candidate.ref for candidate in plan.candidates}
        names = self._providers.names
        rows = [
            Candidate(row.ref, row, Source.BEYOND)
            for row in self._catalogue.current
            if row.ref.provider in names and row.ref not in refs and not row.retired and chats(row)
        ]
        asked = Asked.of(request, self._profiles.current)
        nothing_paid = (free,) if plan.free_only else ()
        able = capable(needs_of(request)), gives(request.answers)
        checks = (*nothing_paid, *asked.checks(), *able, Fits(request))
        suiting, _ = sift(_affordable(rows, plan), checks)
        tried = {ref.provider for ref in refs}
        cheapest = by_cost(suiting)
        return tuple(sorted(cheapest, key=lambda each: each.ref.provider in tried)[:_MOST])


class Beyond:
    """Around the budgets, for who wishes it: what the others may cost is reserved anew."""

    def __init__(self, inner: ChatModel, elsewhere: Elsewhere) -> None:
        self._inner = inner
        self._elsewhere = elsewhere

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        """Raises what `inner` raises, with the other models' attempts in it, where there were
        any."""
        if not request.wishes.beyond:
            return await self._inner.open(request, call)
        try:
            return await self._inner.open(request, call)
        except (ChainExhausted, FreeModelsExhausted) as error:
            others = self._elsewhere.find(request, call.plan) if _may_pass(call) else ()
            if not others:
                raise
            exhausted = error
        return await self._ask(others, request, call, exhausted)

    async def _ask(
        self, others: tuple[Candidate, ...], request: ModelRequest, call: Call, exhausted: LLMError
    ) -> Answer:
        planned, call.last_resort = call.plan, False
        call.plan = replace(planned, candidates=others)
        try:
            return await self._inner.open(request, call)
        except (BudgetExceeded, BudgetUnavailable, NoModelFits):
            raise exhausted from None
        finally:
            call.plan = replace(planned, candidates=(*planned.candidates, *others))


def _may_pass(call: Call) -> bool:
    """Whether another model may do better: nobody refused what was asked."""
    return all(attempt.error in _BUSY_OR_AWAY for attempt in call.attempts)


def _affordable(candidates: list[Candidate], plan: Plan) -> list[Candidate]:
    """Those that cost nothing or are known to be no dearer than the plan's dearest."""
    known = [price for each in plan.candidates if (price := usual_price(each)) is not None]
    cap = max(known, default=Decimal(0))
    prices = ((each, usual_price(each)) for each in candidates)
    return [each for each, price in prices if price is not None and price <= cap]

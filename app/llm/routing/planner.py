"""Turns what a caller asked for into the models that are tried."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from app.errors import FieldIssue
from app.llm.call import Call
from app.llm.errors import NoModelAtHand, NoModelFits, PromptTooLong, UnknownModel
from app.llm.messages import Complexity, ModelRequest, Order
from app.llm.model import Answer, ChatModel
from app.llm.routing.complexity import ComplexityPolicy
from app.llm.routing.decision import Decision
from app.llm.routing.health import Health
from app.llm.routing.ordering import Ordering
from app.llm.routing.plan import Candidate, Plan, Source
from app.llm.routing.shortlist import Shortlist, Shortlists
from app.llm.routing.suitability import (
    Check,
    Fits,
    capable,
    gives,
    needs_of,
    sift,
    surely_fits,
)

_SEVERAL = "Send n as 1, or name a model of a provider that gives several, as in openai:gpt-4.1"

Find = Callable[[], Awaitable[bool]]
"""Has models found that aren't known yet. Whether anybody was asked, and planning anew is worth it.
Takes seconds, and doesn't raise."""


class Planner(Protocol):
    def plan(self, request: ModelRequest, call: Call) -> Plan:
        """At least one candidate; notes in `call.decision` what was decided and why.

        Raises `UnknownModel`, `ProviderDisabled`, `NoModelFits`, `PromptTooLong`. Fast: it is made
        for every call, from what is in memory.
        """
        ...


class RoutePlanner:
    """The steps, in this order: names and profile → complexity → what suits → order → health."""

    def __init__(
        self,
        shortlists: Shortlists,
        health: Health,
        *,
        complexity: ComplexityPolicy | None = None,
    ) -> None:
        self._shortlists = shortlists
        self._health = health
        self._complexity = complexity or ComplexityPolicy()
        self._ordering = Ordering(health)

    def plan(self, request: ModelRequest, call: Call) -> Plan:
        shortlist = self._shortlists.of(request)
        plain = not shortlist.choice and _undemanding(request, shortlist)
        if plain and shortlist.plain is not None:
            plan, call.decision = shortlist.plain
            return plan
        decision = Decision(shortlist, self._health)
        candidates = self._by_complexity(request, shortlist, decision)
        candidates = _suiting(request, candidates, shortlist, decision)
        if len(candidates) > 1:
            candidates = self._ordered(candidates, shortlist)
        first_choice, candidates = candidates[0], ailing_last(candidates, self._health)
        call.decision = decision.told(candidates)
        plan = Plan(tuple(candidates), shortlist.asked.free_only, first_choice)
        if plain:
            shortlist.plain = plan, call.decision
        return plan

    def _by_complexity(
        self, request: ModelRequest, shortlist: Shortlist, decision: Decision
    ) -> Sequence[Candidate]:
        """With the models for hard work in front, where there are any and it is. They are all
        there is where nothing else was found."""
        if not shortlist.hard:
            return shortlist.models
        complexity, why = self._complexity.judge(request)
        decision.complexity(complexity, why)
        if complexity is Complexity.SIMPLE and shortlist.models:
            return shortlist.models
        refs = {candidate.ref for candidate in shortlist.hard}
        return [*shortlist.hard, *(each for each in shortlist.models if each.ref not in refs)]

    def _ordered(
        self, candidates: Sequence[Candidate], shortlist: Shortlist
    ) -> Sequence[Candidate]:
        """Sorted among those of one source."""
        asked = shortlist.asked
        if asked.order is not Order.LISTED:
            weights = dict(asked.profile.weights) if asked.profile else {}
            groups = [[c for c in candidates if c.source is source] for source in Source]
            candidates = [
                c for group in groups for c in self._ordering.apply(asked.order, group, weights)
            ]
        return candidates


class Planned:
    """Has the route planned before the call goes on to it; where no model is known for it, after a
    look for one."""

    def __init__(self, inner: ChatModel, planner: Planner, find: Find | None = None) -> None:
        self._inner = inner
        self._planner = planner
        self._find = find

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        try:
            call.plan = self._planner.plan(request, call)
        except (NoModelAtHand, UnknownModel):
            if self._find is None or not await self._find():
                raise
            call.plan = self._planner.plan(request, call)
        return await self._inner.open(request, call)


def ailing_last(candidates: Sequence[Candidate], health: Health) -> Sequence[Candidate]:
    """A model that the caller named itself keeps its place: it was to be tried first. What isn't
    there at all is passed over when its turn comes, and asked when nothing else is left."""
    ailing = [c for c in candidates if c.source is not Source.ASKED and health.degraded(c.ref)]
    return [*(c for c in candidates if c not in ailing), *ailing] if ailing else candidates


def _undemanding(request: ModelRequest, shortlist: Shortlist) -> bool:
    """Whether any model can do it."""
    limit = shortlist.context_length
    if request.answers > 1:
        return False
    return not needs_of(request) and (limit is None or surely_fits(request, limit))


def _suiting(
    request: ModelRequest,
    candidates: Sequence[Candidate],
    shortlist: Shortlist,
    decision: Decision,
) -> Sequence[Candidate]:
    """Those that can do what this very prompt needs, and hold it. Raises `NoModelFits`."""
    checks: list[Check] = []
    needs = needs_of(request)
    if needs:
        decision.needs(needs)
        checks.append(capable(needs))
    if request.answers > 1:
        checks.append(gives(request.answers))
    fits = Fits(request)
    limit = shortlist.context_length
    if limit is not None and not surely_fits(request, limit):
        decision.tokens(fits.tokens)
        checks.append(fits)
    if not checks:
        return candidates
    kept, lost = sift(candidates, checks)
    decision.lost(lost)
    if not kept:
        raise _none_suits(request, lost, fits)
    return kept


def _none_suits(
    request: ModelRequest, lost: Iterable[tuple[Candidate, str]], fits: Fits
) -> NoModelFits | PromptTooLong:
    lost = list(lost)
    reasons = "; ".join(f"{candidate.ref} {why}" for candidate, why in lost)
    if all(fits(candidate) for candidate, _ in lost):
        return PromptTooLong(f"The prompt fits into no model that could be asked: {reasons}")
    message = f"No model that could be asked suits: {reasons}"
    if not all(map(gives(request.answers), (candidate for candidate, _ in lost))):
        return NoModelFits(message)
    details = (FieldIssue("n", f"is {request.answers}: {reasons}"),)
    return NoModelFits(f"{message}. {_SEVERAL}", details=details)

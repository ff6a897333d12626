"""What routing went by, in JSON's types, so that a decision can be explained afterwards."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.llm.catalogue.capabilities import Capability
from app.llm.messages import Complexity, Order
from app.llm.routing.health import Health, HealthState
from app.llm.routing.plan import Candidate
from app.llm.routing.shortlist import Shortlist


class Decision:
    """Gathers one call's reasons. What goes without saying is left out.

    `candidates` are in the order they are tried, each with how it came to be listed and, where
    there are several, how it has been doing; `skipped` says what was left out, and why.
    """

    def __init__(self, shortlist: Shortlist, health: Health) -> None:
        asked = shortlist.asked
        self._health = health
        self._skipped = [{"model": each.name, "why": each.why} for each in shortlist.skipped]
        self._said: dict[str, Any] = {}
        if asked.profile is not None:
            self._said["profile"] = asked.profile.name
        if asked.free_only:
            self._said["free_only"] = True
        if asked.request.wishes.max_price is not None:
            self._said["max_price"] = str(asked.request.wishes.max_price)
        if asked.order is not Order.LISTED:
            self._said["order"] = str(asked.order)

    def complexity(self, complexity: Complexity, why: str) -> None:
        self._said["complexity"] = str(complexity)
        self._said["complexity_why"] = why

    def needs(self, needs: Iterable[Capability]) -> None:
        self._said["needs"] = sorted(map(str, needs))

    def tokens(self, count: int) -> None:
        self._said["prompt_tokens"] = count

    def lost(self, lost: Iterable[tuple[Candidate, str]]) -> None:
        self._skipped += [{"model": str(candidate.ref), "why": why} for candidate, why in lost]

    def told(self, candidates: Sequence[Candidate]) -> dict[str, Any]:
        compared = len(candidates) > 1
        self._said["candidates"] = [self._candidate(each, compared=compared) for each in candidates]
        if self._skipped:
            self._said["skipped"] = self._skipped
        return self._said

    def _candidate(self, candidate: Candidate, *, compared: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"model": str(candidate.ref), "from": str(candidate.source)}
        if not compared:
            return told
        state, figures = self._health.state(candidate.ref), self._health.of(candidate.ref)
        if state is not HealthState.HEALTHY:
            told["state"] = str(state)
        if figures.success_rate is not None:
            told["success_rate"] = round(figures.success_rate, 3)
        if figures.first_token_ms is not None:
            told["first_token_ms"] = figures.first_token_ms.p50
        return told

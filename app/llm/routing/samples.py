"""How something that is asked again and again has been doing lately."""

from collections import deque
from collections.abc import Sequence

from app.kit.frozen import frozen

WINDOW = 300.0
"""Seconds after which an outcome no longer counts."""
MOST = 128
"""Of one model's outcomes, the newest so many count."""
_KEPT = 1.0  # seconds for which figures aren't added up again


@frozen
class Percentiles:
    """In milliseconds; 95 of 100 took at most `p95`."""

    p50: int
    p95: int

    @classmethod
    def of(cls, values: Sequence[int]) -> "Percentiles | None":
        """By nearest rank; None of nothing."""
        if not values:
            return None
        ranked = sorted(values)
        return cls(*(ranked[-(-len(ranked) * share // 100) - 1] for share in (50, 95)))


@frozen
class Figures:
    """`latency_ms` and `first_token_ms` are of successes; `success_rate` is 0 to 1, None while
    nothing is known."""

    count: int = 0
    success_rate: float | None = None
    first_token_ms: Percentiles | None = None
    latency_ms: Percentiles | None = None


NO_FIGURES = Figures()


@frozen
class Outcome:
    """`at` is a moment of the monotonic clock, the rest is milliseconds."""

    at: float
    succeeded: bool
    latency_ms: int
    first_token_ms: int | None = None


class Samples:
    """The newest outcomes. Adding one is cheap: it is done after every call."""

    def __init__(self) -> None:
        self._outcomes: deque[Outcome] = deque(maxlen=MOST)
        self._figures = NO_FIGURES
        self._figured_at = float("-inf")
        self.last_at: float | None = None
        self.last_error: str | None = None

    def add(self, outcome: Outcome, error: str | None = None) -> None:
        self._outcomes.append(outcome)
        self.last_at = outcome.at
        if error is not None:
            self.last_error = error

    def figures(self, now: float) -> Figures:
        """As they were within the last second."""
        if now - self._figured_at >= _KEPT:
            self._figures, self._figured_at = self._add_up(now), now
        return self._figures

    def _add_up(self, now: float) -> Figures:
        outcomes = self._outcomes
        while outcomes and now - outcomes[0].at > WINDOW:
            outcomes.popleft()
        good = [outcome for outcome in outcomes if outcome.succeeded]
        firsts = [each.first_token_ms for each in good if each.first_token_ms is not None]
        return Figures(
            count=len(outcomes),
            success_rate=len(good) / len(outcomes) if outcomes else None,
            first_token_ms=Percentiles.of(firsts),
            latency_ms=Percentiles.of([outcome.latency_ms for outcome in good]),
        )

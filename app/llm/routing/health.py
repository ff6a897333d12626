"""How every model and provider has been doing, from the calls themselves and from looks at them."""

import time
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.clock import Clock, utc_now
from app.llm.call import OUTRUN, Monotonic
from app.llm.errors import LLMError, ModelTimeout, ProviderUnavailable
from app.llm.messages import Attempt, ModelRef
from app.llm.routing.breaker import BreakerPolicy, Breakers, BreakerState
from app.llm.routing.cooldown import Cooldowns
from app.llm.routing.samples import NO_FIGURES, Figures, Outcome, Samples

_ENOUGH = 5
_USUAL = 20
_HEALTHY_RATE = 0.8


class HealthState(StrEnum):
    """`degraded`: of at least five outcomes of the last five minutes, more than one in five is a
    failure. `open`: it is left alone, since it wasn't there when it was last asked."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    OPEN = "open"


class Health:
    """Lives as long as the process. Bounded: of the models that were asked, the newest count."""

    BOUND = 512

    def __init__(
        self,
        breaker: BreakerPolicy | None = None,
        *,
        clock: Clock = utc_now,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.breakers = Breakers(breaker or BreakerPolicy(), monotonic)
        self.cooldowns = Cooldowns(monotonic)
        self._clock = clock
        self._monotonic = monotonic
        self._models: OrderedDict[ModelRef, Samples] = OrderedDict()
        self._providers: dict[str, Samples] = {}
        self._away: dict[str, str] = {}

    def __iter__(self) -> Iterator[ModelRef]:
        """The models that something is known of."""
        return iter(tuple(self._models))

    def ended(self, attempt: Attempt) -> None:
        """Takes note of how an attempt went."""
        if not attempt.counts:
            return
        now = self._monotonic()
        if attempt.error == OUTRUN:
            # Left out, the slow ones would be missing from what is usual. It took at least so long.
            ms = attempt.latency_ms
            late = Outcome(now, succeeded=True, latency_ms=ms, first_token_ms=ms)
            self._samples(attempt.model).add(late)
            return
        outcome = Outcome(now, attempt.error is None, attempt.latency_ms, attempt.first_token_ms)
        self._samples(attempt.model).add(outcome, attempt.message)
        if attempt.error is None and self._away:
            self._away.pop(attempt.model.provider, None)

    def looked(self, provider: str, seconds: float, error: LLMError | None) -> None:
        """Takes note of a look at a provider, that took `seconds`."""
        samples = self._providers.setdefault(provider, Samples())
        outcome = Outcome(self._monotonic(), error is None, round(seconds * 1000))
        samples.add(outcome, error.message if error else None)
        if isinstance(error, ModelTimeout | ProviderUnavailable):
            self._away[provider] = error.message
        else:
            self._away.pop(provider, None)

    def of(self, model: ModelRef) -> Figures:
        samples = self._models.get(model)
        return NO_FIGURES if samples is None else samples.figures(self._monotonic())

    def of_provider(self, provider: str) -> Figures:
        """Its looks only."""
        samples = self._providers.get(provider)
        return NO_FIGURES if samples is None else samples.figures(self._monotonic())

    def state(self, model: ModelRef) -> HealthState:
        if self.breakers.state(model) is not BreakerState.CLOSED or model.provider in self._away:
            return HealthState.OPEN
        return HealthState.DEGRADED if self.degraded(model) else HealthState.HEALTHY

    def provider_state(self, provider: str) -> HealthState:
        if provider in self._away:
            return HealthState.OPEN
        return _judged(self.of_provider(provider), enough=1)

    def degraded(self, model: ModelRef) -> bool:
        return model in self._models and _judged(self.of(model)) is HealthState.DEGRADED

    def late_after(self, model: ModelRef, *, whole: bool) -> float | None:
        """Seconds within which 95 of 100 first tokens came, or answers where they are wanted
        `whole`; None while too few are known."""
        figures = self.of(model)
        usual = figures.latency_ms if whole else figures.first_token_ms
        return usual.p95 / 1000 if usual is not None and figures.count >= _USUAL else None

    def away(self, provider: str) -> str | None:
        """Why the provider isn't asked: it wasn't there when it was last looked at."""
        return self._away.get(provider)

    def last_check(self, asked: ModelRef | str) -> datetime | None:
        samples = self._record(asked)
        if samples is None or samples.last_at is None:
            return None
        return self._clock() - timedelta(seconds=self._monotonic() - samples.last_at)

    def last_error(self, asked: ModelRef | str) -> str | None:
        samples = self._record(asked)
        return None if samples is None else samples.last_error

    def _record(self, asked: ModelRef | str) -> Samples | None:
        return self._providers.get(asked) if isinstance(asked, str) else self._models.get(asked)

    def _samples(self, model: ModelRef) -> Samples:
        samples = self._models.get(model)
        if samples is None:
            samples = self._models[model] = Samples()
            if len(self._models) > self.BOUND:
                self._models.popitem(last=False)
        else:
            self._models.move_to_end(model)
        return samples


def _judged(figures: Figures, *, enough: int = _ENOUGH) -> HealthState:
    rate = figures.success_rate
    if rate is None or figures.count < enough or rate >= _HEALTHY_RATE:
        return HealthState.HEALTHY
    return HealthState.DEGRADED

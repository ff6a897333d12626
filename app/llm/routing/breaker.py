"""Leaves a model alone for a while after it failed again and again."""

import time
from collections.abc import Callable
from enum import StrEnum

from app.kit.frozen import frozen
from app.llm.call import Call, Monotonic
from app.llm.errors import (
    BudgetExceeded,
    BudgetUnavailable,
    LeftAlone,
    LLMError,
    ModelTimeout,
    ProviderUnavailable,
)
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel

_AWAY = (ModelTimeout, ProviderUnavailable)
"""Failures that say the model isn't there. Any other answer, a refusal too, proves that it is."""


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@frozen
class BreakerPolicy:
    """Opens after `failures` in a row, for `cooldown` seconds; then one probe decides."""

    failures: int = 5
    cooldown: float = 30.0


class Breaker:
    """What is known of one model's failures. `admit` comes before a call, one of the others after.

    A cool-down is only ever prolonged. While the probe is out, nobody else is admitted.
    """

    def __init__(self, policy: BreakerPolicy, monotonic: Monotonic) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._failures = 0
        self._until: float | None = None
        self._probe: Call | None = None

    @property
    def state(self) -> BreakerState:
        if self._until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.cooldown_left > 0 else BreakerState.HALF_OPEN

    @property
    def cooldown_left(self) -> float:
        """Seconds until a probe is admitted."""
        return 0.0 if self._until is None else max(0.0, self._until - self._monotonic())

    def admit(self, call: Call) -> bool:
        if self.state is BreakerState.HALF_OPEN and self._probe is None:
            self._probe = call
            return True
        return self.state is BreakerState.CLOSED

    def succeeded(self) -> None:
        self._failures, self._until, self._probe = 0, None, None

    def failed(self, call: Call) -> None:
        self.abandoned(call)
        self._failures += 1
        if self._failures >= self._policy.failures:
            self._until = max(self._until or 0.0, self._monotonic() + self._policy.cooldown)

    def abandoned(self, call: Call) -> None:
        """The call ended without telling anything about the model."""
        if self._probe is call:
            self._probe = None


class Breakers:
    """One breaker per `provider:model`, for the life of the process.

    Callers choose model names freely, so the number is bounded: beyond it, those are forgotten
    that hold nobody back.
    """

    BOUND = 4096

    def __init__(
        self, policy: BreakerPolicy | None = None, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._new: Callable[[], Breaker] = lambda: Breaker(policy or BreakerPolicy(), monotonic)
        self._breakers: dict[ModelRef, Breaker] = {}

    def __len__(self) -> int:
        return len(self._breakers)

    def of(self, model: ModelRef) -> Breaker:
        if model not in self._breakers:
            if len(self._breakers) >= self.BOUND:
                self._forget_closed()
            self._breakers[model] = self._new()
        return self._breakers[model]

    def state(self, model: ModelRef) -> BreakerState:
        breaker = self._breakers.get(model)
        return BreakerState.CLOSED if breaker is None else breaker.state

    def cooldown_left(self, model: ModelRef) -> float:
        """Seconds until its next probe; 0 when it may be asked."""
        breaker = self._breakers.get(model)
        return 0.0 if breaker is None else breaker.cooldown_left

    def _forget_closed(self) -> None:
        for model, breaker in tuple(self._breakers.items()):
            if breaker.state is BreakerState.CLOSED:
                del self._breakers[model]


class BehindBreaker:
    """A model that isn't asked while its breaker is open, unless there is no other to ask.

    `breaker` finds it, for each call anew: it may have been forgotten since the last one."""

    def __init__(self, inner: ChatModel, ref: ModelRef, breaker: Callable[[], Breaker]) -> None:
        self._inner = inner
        self._ref = ref
        self._breaker = breaker

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        breaker = self._breaker()
        if not breaker.admit(call) and not call.last_resort:
            self._refuse(call, breaker)
        try:
            answer = await self._inner.open(request, call)
        except _AWAY:
            breaker.failed(call)
            raise
        except (BudgetExceeded, BudgetUnavailable):  # before it was asked
            breaker.abandoned(call)
            raise
        except LLMError:
            breaker.succeeded()
            raise
        except BaseException:
            breaker.abandoned(call)
            raise
        breaker.succeeded()
        return answer

    def _refuse(self, call: Call, breaker: Breaker) -> None:
        error = LeftAlone(
            f"{self._ref} failed several times in a row and is left alone for another "
            f"{breaker.cooldown_left:.0f} s"
        )
        call.pass_over(self._ref, error)
        raise error

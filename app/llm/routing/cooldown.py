"""Remembers when a vendor said to come back, and asks no sooner."""

import time
from collections import OrderedDict

from app.llm.call import Call, Monotonic
from app.llm.errors import CoolingDown, RateLimited
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel

LONGEST = 24 * 3600.0
"""Seconds; quotas are for a day at most, whatever a vendor says."""


class Cooldowns:
    """For each model the moment before which it isn't asked. It is only ever put off.

    Callers choose model names freely, so the number is bounded: the oldest are forgotten first.
    """

    BOUND = 4096

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: OrderedDict[ModelRef, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._until)

    def left(self, model: ModelRef) -> float:
        """Seconds until it may be asked; 0 when it may."""
        until = self._until.get(model)
        if until is None:
            return 0.0
        left = until - self._monotonic()
        if left <= 0:
            del self._until[model]
        return max(0.0, left)

    def rest(self, model: ModelRef, seconds: float) -> None:
        until = self._monotonic() + min(seconds, LONGEST)
        self._until[model] = max(until, self._until.get(model, 0.0))
        if len(self._until) > self.BOUND:
            self._until.popitem(last=False)


class Rested:
    """A model that isn't asked before its vendor said so, unless there is no other to ask. Where
    nothing may be spent there is no such exception: the free ones are shared, and waited for."""

    def __init__(self, inner: ChatModel, ref: ModelRef, cooldowns: Cooldowns) -> None:
        self._inner = inner
        self._ref = ref
        self._cooldowns = cooldowns

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        left = self._cooldowns.left(self._ref)
        if left > 0 and not (call.last_resort and not call.plan.free_only):
            self._refuse(call, left)
        try:
            return await self._inner.open(request, call)
        except RateLimited as error:
            if error.retry_after:
                self._cooldowns.rest(self._ref, error.retry_after)
            raise

    def _refuse(self, call: Call, left: float) -> None:
        error = CoolingDown(
            f"{self._ref} was asked too often and said to come back in {left:.0f} s",
            retry_after=left,
        )
        call.pass_over(self._ref, error)
        raise error

"""Asks the same model again after a passing failure."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import count

from app.kit.frozen import frozen
from app.llm.call import Call
from app.llm.errors import LLMError, ModelTimeout, ProviderUnavailable, RateLimited
from app.llm.messages import ModelRequest
from app.llm.model import Answer, ChatModel

Sleep = Callable[[float], Awaitable[None]]


POOL_PATIENCE = 10.0
"""Seconds that a call which may cost nothing waits in all for free models to be free again."""


@frozen
class RetryPolicy:
    """At most `retries` more tries, after waits of up to `base` × 2ⁿ seconds, none above `cap`.

    The waits are drawn at random over the whole span ("full jitter"), so that callers who failed
    together don't come back together.
    """

    retries: int = 2
    base: float = 0.25
    cap: float = 2.0

    def wait(self, error: LLMError, tries: int, draw: float) -> float | None:
        """Seconds to wait after `tries` failed tries; None to give up on this model.

        A model that was silent past its time-out isn't waited for again, and a vendor that asks
        for more than `cap` isn't either: the next model of the chain answers sooner.
        """
        if tries > self.retries or not error.retryable or isinstance(error, ModelTimeout):
            return None
        asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
        if asked is not None:
            return asked if asked <= self.cap else None
        return draw * min(self.cap, self.base * 2.0 ** (tries - 1))


class Retrying:
    def __init__(
        self,
        inner: ChatModel,
        policy: RetryPolicy,
        *,
        sleep: Sleep = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._inner = inner
        self._policy = policy
        self._sleep = sleep
        self._draw = draw

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        for tries in count(1):
            try:
                return await self._inner.open(request, call)
            except LLMError as error:
                wait = self._policy.wait(error, tries, self._draw())
                if wait is None:
                    raise
                if isinstance(error, RateLimited):
                    if call.plan.free_only and not _of_the_pool(error, call, wait):
                        raise
                    call.waited += wait
            await self._sleep(wait)
        raise AssertionError("count() has no end")


def _of_the_pool(error: RateLimited, call: Call, wait: float) -> bool:
    """Whether one of the free models is tried again by itself. Where its vendor said when it may
    be, the router knows better: another one may be free at once, and else it waits for them all."""
    return error.retry_after is None and call.waited + wait <= POOL_PATIENCE

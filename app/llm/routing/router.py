"""Tries the models of a call's plan in turn, until one of them begins to answer."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import count

from app.llm.call import Call
from app.llm.errors import (
    ChainExhausted,
    CoolingDown,
    FreeModelsExhausted,
    LeftAlone,
    LLMError,
    RateLimited,
)
from app.llm.layers.retry import POOL_PATIENCE, Sleep
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.hedging import Hedge
from app.llm.routing.plan import Candidate

Failures = list[tuple[Candidate, LLMError]]

_SHORTEST_WAIT = 0.5
"""Seconds before the second round, twice as long before each further one: a vendor that always says
"soon" would be asked without end."""


class Router:
    """A model made of many. `attempt` makes the model for a reference; `hedge`, where there is
    one, has two of them race. `patience` is how many seconds a call that may cost nothing waits in
    all for a free model to be free again."""

    def __init__(
        self,
        attempt: Callable[[ModelRef], ChatModel],
        *,
        hedge: Hedge | None = None,
        patience: float = POOL_PATIENCE,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._attempt = attempt
        self._hedge = hedge
        self._patience = patience
        self._sleep = sleep

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        """Raises `ChainExhausted` when all failed, `FreeModelsExhausted` when nothing may be spent
        and every free model was asked too often."""
        for rounds in count():
            failures: Failures = []
            answer = await self._round(request, call, failures)
            if answer is not None:
                return answer
            if not (call.plan.free_only and all(isinstance(e, RateLimited) for _, e in failures)):
                raise _exhausted(call, failures)
            wait = _next_chance(failures)
            pause = max(wait or 0.0, _SHORTEST_WAIT * 2**rounds)
            if wait is None or call.waited + pause > self._patience:
                raise _nothing_free(call, wait)
            await self._sleep(pause)
            call.waited += pause
        raise AssertionError("count() has no end")

    async def _round(self, request: ModelRequest, call: Call, failures: Failures) -> Answer | None:
        """Tries each once.

        What is left alone saves the time of a call that likely fails, for the next model to use.
        With none left there is nothing to save it for: then the first that was left alone is asked,
        unless the call is as well made later.
        """
        queue = deque(call.plan.candidates)
        while queue:
            if self._hedge is None:
                answer = await self._try(queue.popleft(), request, call, failures)
            else:
                answer = await self._hedge.open(request, call, queue, failures)
            if answer is not None:
                return answer
        spared = LeftAlone if call.plan.free_only else LeftAlone | CoolingDown
        left_alone = next((c for c, error in failures if isinstance(error, spared)), None)
        if left_alone is None or request.wishes.unhurried:
            return None
        call.last_resort = True
        return await self._try(left_alone, request, call, failures)

    async def _try(
        self, candidate: Candidate, request: ModelRequest, call: Call, failures: Failures
    ) -> Answer | None:
        try:
            return await self._attempt(candidate.ref).open(request, call)
        except LLMError as error:
            failures.append((candidate, error))
            return None


def _exhausted(call: Call, failures: Failures) -> ChainExhausted:
    """By the last of those that were asked, where any was."""
    if not failures:
        raise AssertionError("a plan has at least one candidate")
    errors = [error for _, error in failures]
    asked = [error for error in errors if not isinstance(error, CoolingDown | LeftAlone)]
    cause = (asked or errors)[-1]
    exhausted = ChainExhausted(tuple(call.attempts), cause)
    exhausted.__cause__ = cause
    return exhausted


def _next_chance(failures: Failures) -> float | None:
    """Seconds until the first of them may be asked again; None when no vendor said."""
    waits = [error.retry_after for _, error in failures if isinstance(error, RateLimited)]
    return min([wait for wait in waits if wait is not None], default=None)


def _nothing_free(call: Call, wait: float | None) -> FreeModelsExhausted:
    tried = "; ".join(f"{attempt.model}: {attempt.message}" for attempt in call.attempts)
    when = "no vendor said until when" if wait is None else f"the first is again in {wait:.0f} s"
    return FreeModelsExhausted(
        f"Every free model has used up what it may, {when}: {tried}", retry_after=wait
    )

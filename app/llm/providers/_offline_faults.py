"""Ways to fail on purpose, by the built-in model's name: to try out, without any provider, what a
caller does when a model is slow, away, cut off or talks nonsense."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import count

from app.llm.errors import ProviderUnavailable
from app.llm.events import ModelEvent, TextDelta, ToolCallDelta
from app.llm.messages import ModelRequest
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._sdk_failures import SdkFailures
from app.llm.timeouts import Timeouts

FAULTS = ("slow", "flaky", "cut", "malformed")

_FIRST_WORD = 0.5  # seconds
_EACH_WORD = 0.05
_NEVER_CLOSED = '{"answer": "No language model is config'

Said = AsyncGenerator[ModelEvent, None]
Fault = Callable[[ModelRequest, Sequence[str], SdkFailures], Said]
"""Makes what is said, up to the end or a failure, out of the words that an honest answer has."""


class Faults:
    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._asked = count(1)

    def named(self, name: str) -> Fault:
        """`name` is one of `FAULTS`."""
        return {
            "slow": self._slow,
            "flaky": self._flaky,
            "cut": _cut,
            "malformed": _malformed,
        }[name]

    async def _slow(
        self, _request: ModelRequest, words: Sequence[str], failures: SdkFailures
    ) -> Said:
        """Half a second to the first word, then twenty words a second. Time-outs apply."""
        deadlines = Deadlines(self._timeouts, failures)
        for place, word in enumerate(words):
            await deadlines.wait(asyncio.sleep(_EACH_WORD if place else _FIRST_WORD))
            yield TextDelta(word)
            deadlines.heard()

    async def _flaky(
        self, _request: ModelRequest, words: Sequence[str], _failures: SdkFailures
    ) -> Said:
        """Away at every other call, from the first on."""
        if next(self._asked) % 2:
            raise ProviderUnavailable("offline:flaky is away at every other call; try again")
        for word in words:
            yield TextDelta(word)


async def _cut(_request: ModelRequest, words: Sequence[str], failures: SdkFailures) -> Said:
    for word in words[: len(words) // 2]:
        yield TextDelta(word)
    raise failures.unusable("broke off in mid-answer")


async def _malformed(request: ModelRequest, _words: Sequence[str], _failures: SdkFailures) -> Said:
    """JSON that never closes, in a tool call where one can be made."""
    if request.tools:
        yield ToolCallDelta(0, request.tools[0].name, _NEVER_CLOSED, "call_malformed")
    else:
        yield TextDelta(_NEVER_CLOSED)

"""Answers a request that came before with what was said then."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.llm.cache.answers import AnswerCache
from app.llm.cache.key import cache_key
from app.llm.call import CacheUse, Call
from app.llm.events import End, ModelEvent
from app.llm.layers.single_flight import Flight
from app.llm.messages import ModelRequest, Task
from app.llm.model import Answer, ChatModel

_MEASURING = frozenset({Task.BENCHMARK, Task.PROBE})


class Cached:
    """The outermost layer: a hit is planned by nobody, reserved from no budget and asked of no
    model. Off unless wished for. `whole` tells whether `inner` gives whole answers: its flights
    are no use to those who want theirs as it comes.

    A call that looked into the cache is a miss or a hit. So is one that heard another's answer as
    it came: a hit for all but the one who pays.
    """

    def __init__(self, inner: ChatModel, cache: AnswerCache, *, whole: bool) -> None:
        self._inner = inner
        self._cache = cache
        self._whole = whole

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        key = self._key(request)
        if key is None:
            return await self._inner.open(request, call)
        if (recording := self._cache.recent(key)) is not None:
            call.cache, call.used = CacheUse.HIT, recording.model
            return await Answer.begin(call, recording.play())
        call.cache = CacheUse.MISS
        # A budget may be a key's own: who brings another isn't made to share its failures.
        flight = (key, self._whole, request.context.key_id)
        events = self._cache.flights.join(flight, call, lambda to: self._ask(request, key, to))
        return await Answer.begin(call, events)

    def _key(self, request: ModelRequest) -> str | None:
        """None where the cache isn't wanted, or would be no use: whoever wants several answers to
        one question wants different ones each time."""
        if request.task in _MEASURING or request.answers > 1 or not request.wishes.cache:
            return None
        try:
            return cache_key(request)
        except TypeError:  # what has no JSON form has no key
            return None

    async def _ask(
        self, request: ModelRequest, key: str, flight: Flight
    ) -> AsyncGenerator[ModelEvent, None]:
        """The answer from the store, else from the model."""
        tenant_id = request.context.tenant_id
        if (recording := await self._cache.stored(tenant_id, key)) is not None:
            flight.found(recording)
            for event in recording.events:
                yield event
            return
        async with aclosing(await self._inner.open(request, flight.notebook)) as answer:
            async for event in answer:
                if isinstance(event, End):
                    self._cache.keep(tenant_id, key, (*flight.events, event))
                yield event

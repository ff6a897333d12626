"""Where calls and health meet: what ended is learned from, and what isn't there is left alone."""

from app.llm.call import CacheUse, Call
from app.llm.errors import LeftAlone
from app.llm.ledger import Ledger, LedgerEntry
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.health import Health


class LearningLedger:
    """A ledger that lets health see every attempt of the calls that it records."""

    def __init__(self, inner: Ledger, health: Health) -> None:
        self._inner = inner
        self._health = health

    def record(self, entry: LedgerEntry) -> None:
        if entry.cache is not CacheUse.HIT:  # whose attempts, if any, are those of another call
            for attempt in entry.attempts:
                self._health.ended(attempt)
        self._inner.record(entry)


class Reachable:
    """A model that isn't asked while its provider isn't there, unless there is no other to ask."""

    def __init__(self, inner: ChatModel, ref: ModelRef, health: Health) -> None:
        self._inner = inner
        self._ref = ref
        self._health = health

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        why = self._health.away(self._ref.provider)
        if why is not None and not call.last_resort:
            error = LeftAlone(f"{self._ref} is left alone: at the last look, {why}")
            call.pass_over(self._ref, error)
            raise error
        return await self._inner.open(request, call)

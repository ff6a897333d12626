"""A call whose answer has begun: what is known of it, and the events still to come."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence

from app.kit.trace import current_trace
from app.llm.call import Call
from app.llm.errors import LLMError
from app.llm.events import End, Failed, ModelEvent
from app.llm.ledger import Ledger, LedgerEntry
from app.llm.messages import ModelRef
from app.llm.model import Answer, Hear
from app.llm.tracing import TracedCall, Tracer


class OpenCall:
    """Iterate, once, for the events, `End` last; leave by `aclosing`, which hangs up at once.

    `call` tells at any time what happened so far: `used` (the model that answers), `tries`,
    `cache`. `entry` is what the ledger was given, usage and cost too: None until the end is in.
    A failure in mid-answer is a `Failed` event before the `End`.
    """

    def __init__(
        self, call: Call, answer: Answer, ledger: Ledger, tracer: Tracer | None = None
    ) -> None:
        self.call = call
        self.entry: LedgerEntry | None = None
        self._answer = answer
        self._ledger = ledger
        self._tracer = tracer
        wanted = tracer is not None and tracer.wants(call.request.context)
        self._overheard: list[ModelEvent] | None = [] if wanted else None
        self._events: AsyncGenerator[ModelEvent, None] | None = None

    def __aiter__(self) -> AsyncIterator[ModelEvent]:
        if self._events is None:
            self._events = self._heard()
        return self._events

    def __anext__(self) -> Awaitable[ModelEvent]:
        return anext(aiter(self))

    async def all(self) -> Sequence[ModelEvent]:
        """Every event, once all of them are in: in place of iterating."""
        if self._answer.in_hand is None:
            return [event async for event in self]
        if self._overheard is not None:
            self._overheard += self._answer.in_hand
        *events, end = self._answer.in_hand
        return [*events, self._ended(end)]

    async def aclose(self) -> None:
        """Before the end this makes the call a cancelled one."""
        try:
            if self._events is not None:
                await self._events.aclose()
            await self._answer.aclose()
        finally:
            self._record(GeneratorExit())

    async def _heard(self) -> AsyncGenerator[ModelEvent, None]:
        held, rest, hear = self._answer.apart()
        if self._overheard is not None:
            self._overheard += held
            hear = _both(hear, self._overheard)
        try:
            for event in held:
                yield self._ended(event) if type(event) is End else event
            async for event in rest:
                hear(event)
                yield self._ended(event) if type(event) is End else event
        except LLMError as error:
            self._record(error, "error")
            yield Failed(error)
            yield self._end("error", self.call.attempts[-1].model)
        except BaseException as error:
            try:
                await self._answer.aclose()  # who shares an answer leaves its cost to who stays
            finally:
                self._record(error)
            raise

    def _ended(self, end: ModelEvent) -> End:
        if not isinstance(end, End):
            raise AssertionError("an answer has an end")  # noqa: TRY004  # it is of our own making
        self._record(None, end.finish_reason)
        return self._end(end.finish_reason, end.model)

    def _end(self, finish_reason: str, model: ModelRef) -> End:
        return End(finish_reason, model, tuple(self.call.attempts))

    def _record(self, error: BaseException | None, finish_reason: str | None = None) -> None:
        """The first ending counts."""
        if self.entry is None:
            self.entry = record(self.call, error, self._ledger)
            if self._tracer is not None:
                traced = _traced(self.call, self.entry, finish_reason, self._overheard)
                self._tracer.record(traced)


def record(call: Call, error: BaseException | None, ledger: Ledger) -> LedgerEntry:
    """Ends the call, with the error that ended it or well, and accounts for it."""
    if error is None:
        call.succeed()
    else:
        call.broke(error)
    entry = LedgerEntry.of(call)
    ledger.record(entry)
    return entry


def record_unanswered(
    call: Call, error: BaseException, ledger: Ledger, tracer: Tracer | None
) -> None:
    """Ends a call whose answer never began."""
    entry = record(call, error, ledger)
    if tracer is not None:
        heard = () if tracer.wants(call.request.context) else None
        tracer.record(_traced(call, entry, None, heard))


def _traced(
    call: Call,
    entry: LedgerEntry,
    finish_reason: str | None,
    heard: Sequence[ModelEvent] | None,
) -> TracedCall:
    return TracedCall(entry, call.sent, finish_reason, heard, current_trace())


def _both(hear: Hear, overheard: list[ModelEvent]) -> Hear:
    def listen(event: ModelEvent) -> None:
        hear(event)
        overheard.append(event)

    return listen

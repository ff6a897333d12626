"""A call whose answer has begun: what is known of it, and the events still to come."""

from app.llm.call import Call
from app.llm.errors import LLMError
from app.llm.events import End, Failed, ModelEvent
from app.llm.ledger import Ledger, LedgerEntry
from app.llm.model import Answer


class OpenCall:
    """Iterate, once, for the events, `End` last; leave by `aclosing`, which hangs up at once.

    `call` tells at any time what happened so far: `used` (the model that answers), `tries`,
    `cache`. `entry` is what the ledger was given, usage and cost too: None until the end is in.
    A failure in mid-answer is a `Failed` event before the `End`.
    """

    def __init__(self, call: Call, answer: Answer, ledger: Ledger) -> None:
        self.call = call
        self.entry: LedgerEntry | None = None
        self._answer = answer
        self._ledger = ledger
        self._end: End | None = None

    def __aiter__(self) -> "OpenCall":
        return self

    async def __anext__(self) -> ModelEvent:
        if self._end is not None:
            end, self._end = self._end, None
            return end
        try:
            event = await self._answer.__anext__()
        except LLMError as error:
            return self._broke_off(error)
        except StopAsyncIteration:
            raise
        except BaseException as error:
            self._record(error)
            raise
        return self._ended(event) if type(event) is End else event

    async def aclose(self) -> None:
        """Before the end this makes the call a cancelled one."""
        try:
            await self._answer.aclose()
        finally:
            self._record(GeneratorExit())

    def _ended(self, end: End) -> End:
        self._record(None)
        return End(end.finish_reason, end.model, tuple(self.call.attempts))

    def _broke_off(self, error: LLMError) -> Failed:
        self._record(error)
        attempts = tuple(self.call.attempts)
        self._end = End("error", attempts[-1].model, attempts)
        return Failed(error)

    def _record(self, error: BaseException | None) -> None:
        """The first ending counts."""
        if self.entry is None:
            self.entry = record(self.call, error, self._ledger)


def record(call: Call, error: BaseException | None, ledger: Ledger) -> LedgerEntry:
    """Ends the call, with the error that ended it or well, and accounts for it."""
    if error is None:
        call.succeed()
    else:
        call.broke(error)
    entry = LedgerEntry.of(call)
    ledger.record(entry)
    return entry

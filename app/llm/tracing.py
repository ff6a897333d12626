"""Calls as tracers get to see them: all that the ledger has, and what was said where wanted."""

from collections.abc import Sequence
from typing import Protocol

from app.kit.frozen import frozen
from app.kit.trace import TraceContext
from app.llm.events import ModelEvent, TextDelta, ThinkingDelta, ToolCallDelta
from app.llm.ledger import LedgerEntry
from app.llm.messages import CallContext, ModelRequest, ToolCall


@frozen
class Said:
    """An answer, put together. `thinking` counts the characters that were thought, not said."""

    text: str
    thinking: int
    tool_calls: tuple[ToolCall, ...]


@frozen
class TracedCall:
    """One call, ended. `finish_reason` is as in `End`, None when nobody answered to the end.

    `request` is what the model heard last was sent, `heard` what it answered, event by event: None
    where no tracer wanted that. `trace` is the request's or job's that the call was made in.
    """

    entry: LedgerEntry
    request: ModelRequest
    finish_reason: str | None
    heard: Sequence[ModelEvent] | None
    trace: TraceContext | None

    def said(self) -> Said:
        """Takes as long as the answer is: not on the way of whoever waits for it."""
        text: list[str] = []
        thinking = 0
        calls: dict[int, ToolCall] = {}
        for event in self.heard or ():
            match event:
                case TextDelta(words):
                    text.append(words)
                case ThinkingDelta(thoughts):
                    thinking += len(thoughts)
                case ToolCallDelta():
                    calls[event.index] = _longer(calls.get(event.index), event)
                case _:
                    pass
        return Said("".join(text), thinking, tuple(calls.values()))


class Tracer(Protocol):
    def wants(self, context: CallContext) -> bool:
        """Whether what is asked and said in a call is wanted, beside what the ledger gets. Asked
        once, when the answer begins: at once, and never raises."""
        ...

    def record(self, call: TracedCall) -> None:
        """Takes any call that ended, at once: doesn't block, doesn't raise."""
        ...


class Tracers:
    """Several as one."""

    def __init__(self, tracers: Sequence[Tracer]) -> None:
        self._tracers = tuple(tracers)

    @classmethod
    def of(cls, *tracers: Tracer | None) -> Tracer | None:
        """None for none: that costs a call nothing."""
        given = [tracer for tracer in tracers if tracer is not None]
        return given[0] if len(given) == 1 else cls(given) if given else None

    def wants(self, context: CallContext) -> bool:
        return any(tracer.wants(context) for tracer in self._tracers)

    def record(self, call: TracedCall) -> None:
        for tracer in self._tracers:
            tracer.record(call)


def _longer(call: ToolCall | None, piece: ToolCallDelta) -> ToolCall:
    if call is None:
        return ToolCall(piece.id, piece.name, piece.arguments)
    return ToolCall(call.id or piece.id, call.name or piece.name, call.arguments + piece.arguments)

"""A model's events as those of a conversation."""

from app.chat.events import ChatEvent, Counted, Said, Thought, ToolCalled
from app.llm import (
    End,
    Failed,
    LedgerEntry,
    LLMError,
    ModelEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
)

_REASONS = {"length": "length", "content_filter": "content_filter", "tool_calls": "tool_calls"}


class Heard:
    """What came of an answer so far, apart from its text: calls of tools, and how it ended."""

    def __init__(self) -> None:
        self.failure: LLMError | None = None
        self._reason: str | None = None
        self._calls: dict[int, ToolCalled] = {}

    def take(self, event: ModelEvent) -> ChatEvent | None:
        """What a reader is shown at once; None where that is nothing."""
        match event:
            case TextDelta(text):
                return Said(text)
            case ThinkingDelta(text):
                return Thought(text)
            case ToolCallDelta():
                self._called(event)
            case Failed(error):
                self.failure = error
            case End(reason):
                self._reason = reason
            case _:
                pass
        return None

    @property
    def calls(self) -> list[ToolCalled]:
        """In the order of the model; none of an answer that broke off, where they may be halves."""
        if self.failure is not None or self._reason is None:
            return []
        return [self._calls[index] for index in sorted(self._calls)]

    @property
    def finish_reason(self) -> str:
        """A model may end with `stop` where it called tools; what we don't know is a plain end."""
        return "tool_calls" if self._calls else _REASONS.get(self._reason or "", "stop")

    def _called(self, piece: ToolCallDelta) -> None:
        said = self._calls.get(piece.index) or ToolCalled(f"call_{piece.index}", "", "")
        self._calls[piece.index] = ToolCalled(
            piece.id or said.id, said.name + piece.name, said.arguments + piece.arguments
        )


def counted(entry: LedgerEntry, saved_tokens: int) -> Counted:
    """As the ledger has it: the provider's count, else our guess."""
    usage = entry.usage
    return Counted(usage.prompt_tokens, usage.completion_tokens, entry.cost, saved_tokens)

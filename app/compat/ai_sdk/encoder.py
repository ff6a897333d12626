"""A generation's log as the AI SDK's UI message stream.

Only events that version 6 of its client knows too: one that it doesn't know ends a stream with an
error. And never a bare end, which it takes for a whole answer: always `finish`, `abort` or
`error`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from app.chat import (
    Broke,
    ChatEvent,
    Counted,
    Finished,
    NoticeCode,
    Noticed,
    Said,
    Started,
    Thought,
    ToolCalled,
    terminal,
)
from app.compat.ai_sdk.steps import Chunk, Step, call_chunk
from app.kit import json

DONE = b"data: [DONE]\n\n"

_STOPPED = "stopped"
_ELSEWHERE = (NoticeCode.FALLBACK, NoticeCode.CHEAPER, NoticeCode.CACHED_ANSWER)
_FINISH_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "stop": "stop",
        "length": "length",
        "content_filter": "content-filter",
        "tool_calls": "tool-calls",
    }
)


class Encoder:
    """Of one stream. Takes a log's events in order, from the first one on.

    `message_id` is how the client calls the message that the answer belongs to: where it goes on
    after a call of tools, that of its first step; `earlier` has the steps that the client must be
    shown again. `declared` are the tools that the page says it has: a call of any other is marked
    `dynamic`; None where nobody can tell any more, and none is.
    """

    def __init__(
        self,
        *,
        message_id: str | None = None,
        earlier: Sequence[Step] = (),
        declared: Collection[str] | None = None,
    ) -> None:
        self.ended = False
        self.elsewhere = False
        """Whether another model answers than the one that the start told of."""
        self._message_id = message_id
        self._earlier = earlier
        self._declared = declared
        self._kind: str | None = None
        self._part = 0

    def encode(self, events: Iterable[ChatEvent]) -> bytes:
        """Whole frames; with the last event `[DONE]`, too."""
        return b"".join(map(self._frames, events))

    def answered_by(self, model: str) -> bytes:
        """Corrects the model that the start told of; to be sent before the last event."""
        return _frame({"type": "message-metadata", "messageMetadata": {"model": model}})

    def cut(self, reason: str) -> bytes:
        """The end of a stream that can't be followed to the log's own; nothing after that."""
        if self.ended:
            return b""
        self.ended = True
        return b"".join(map(_frame, [*self._close(), _error(reason)])) + DONE

    def _frames(self, event: ChatEvent) -> bytes:
        return b"".join(map(_frame, self._chunks(event))) + (DONE if terminal(event) else b"")

    def _chunks(self, event: ChatEvent) -> Iterator[Chunk]:
        match event:
            case Said(content):
                yield from self._say("text", content)
            case Thought(content):
                yield from self._say("reasoning", content)
            case Started():
                yield from self._start(event)
            case ToolCalled(call_id, name, arguments):
                yield from self._close()
                dynamic = self._declared is not None and name not in self._declared
                yield call_chunk(call_id, name, arguments, dynamic=dynamic)
            case Noticed(code, message):
                self.elsewhere |= code in _ELSEWHERE
                notice = {"code": code, "message": message}
                yield {"type": "data-notice", "data": notice, "transient": True}
            case Counted():
                yield {"type": "message-metadata", "messageMetadata": {"usage": _usage(event)}}
            case Finished() | Broke():
                yield from self._end(event)

    def _start(self, event: Started) -> Iterator[Chunk]:
        metadata = {
            "conversationId": event.conversation_id,
            "generationId": event.generation_id,
            "messageId": event.message_id,
            "model": event.model,
        }
        yield {
            "type": "start",
            "messageId": self._message_id or event.message_id,
            "messageMetadata": metadata,
        }
        for step in self._earlier:
            yield from step.chunks()
        yield {"type": "start-step"}

    def _say(self, kind: str, content: str) -> Iterator[Chunk]:
        if self._kind != kind:
            yield from self._close()
            self._kind = kind
            self._part += 1
            yield {"type": f"{kind}-start", "id": str(self._part)}
        yield {"type": f"{kind}-delta", "id": str(self._part), "delta": content}

    def _close(self) -> Iterator[Chunk]:
        """The end of the part that is open, if one is."""
        if self._kind is not None:
            yield {"type": f"{self._kind}-end", "id": str(self._part)}
            self._kind = None

    def _end(self, event: Finished | Broke) -> Iterator[Chunk]:
        self.ended = True
        yield from self._close()
        yield {"type": "finish-step"}
        if isinstance(event, Broke):
            yield _error(event.message)
        elif event.finish_reason == _STOPPED:
            yield {"type": "abort", "reason": _STOPPED}
        else:
            reason = _FINISH_REASONS.get(event.finish_reason, "other")
            yield {"type": "finish", "finishReason": reason}


def _usage(event: Counted) -> Chunk:
    """In the words of the AI SDK, and two of ours."""
    return {
        "inputTokens": event.prompt_tokens,
        "outputTokens": event.completion_tokens,
        "totalTokens": event.prompt_tokens + event.completion_tokens,
        "savedTokens": event.saved_tokens,
        "costUsd": event.cost_usd,
    }


def farewell(reason: str) -> bytes:
    """The end of a stream that the server can't go on with, wherever it was."""
    return _frame(_error(reason)) + DONE


def _error(text: str) -> Chunk:
    return {"type": "error", "errorText": text}


def _frame(chunk: Chunk) -> bytes:
    return b"data: " + json.dumps(chunk) + b"\n\n"

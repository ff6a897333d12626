"""Neutral events as the objects of the OpenAI wire: `chat.completion` and its chunks."""

from contextlib import suppress
from typing import Any

from app.kit import json
from app.llm import (
    ModelEvent,
    OpenCall,
    OutputSchema,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
)

Json = dict[str, Any]

DONE = b"data: [DONE]\n\n"
_OF_VENDOR = ("id", "created", "model")


def usage_object(usage: Usage) -> Json:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def frame(payload: Json) -> bytes:
    return b"data: %b\n\n" % json.dumps(payload)


def _envelope(opened: OpenCall, kind: str) -> Json:
    call = opened.call
    return {
        "id": f"chatcmpl-{call.id.hex}",
        "object": kind,
        "created": int(call.created_at.timestamp()),
        "model": call.used.model if call.used else "",
    }


def _finish_reason(reason: str, *, tools: bool) -> str:
    return "tool_calls" if tools and reason == "stop" else reason


class Chunks:
    """The frames of a streamed answer. Each method returns what is to be sent."""

    def __init__(self, opened: OpenCall) -> None:
        self._envelope = _envelope(opened, "chat.completion.chunk")
        self._output = _output_of(opened)
        self._begun = False
        self._tools = False

    def follow(self, data: bytes) -> None:
        """Takes id, time and model from a vendor's own frame, for frames of ours beside it."""
        with suppress(ValueError):
            sent = json.loads(data.partition(b"data:")[2].partition(b"\n")[0])
            self._envelope |= {name: sent[name] for name in _OF_VENDOR if name in sent}

    def of(self, event: ModelEvent) -> bytes:
        """Empty where the wire has nothing for the event."""
        delta = self._delta(event)
        if delta is None:
            return b""
        role = b"" if self._begun else self._choice({"role": "assistant", "content": ""}, None)
        self._begun = True
        return role + self._choice(delta, None)

    def finish(self, reason: str) -> bytes:
        return self._choice({}, _finish_reason(reason, tools=self._tools))

    def usage(self, usage: Json) -> bytes:
        return frame({**self._envelope, "choices": [], "usage": usage})

    def _choice(self, delta: Json, reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return frame({**self._envelope, "choices": [choice]})

    def _delta(self, event: ModelEvent) -> Json | None:
        match event:
            case TextDelta(said):
                return {"content": said}
            case ThinkingDelta(thought):
                return {"reasoning_content": thought}
            case ToolCallDelta(_, _, arguments) if self._output is not None:
                return {"content": arguments}
            case ToolCallDelta():
                self._tools = True
                return {"tool_calls": [_tool_call_delta(event)]}
            case _:
                return None


class Whole:
    """An answer that isn't streamed, put together from its events."""

    def __init__(self, opened: OpenCall) -> None:
        self._envelope = _envelope(opened, "chat.completion")
        self._output = _output_of(opened)
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._calls: dict[int, Json] = {}

    def take(self, event: ModelEvent) -> None:
        match event:
            case TextDelta(said):
                self._text.append(said)
            case ThinkingDelta(thought):
                self._thoughts.append(thought)
            case ToolCallDelta(_, _, arguments) if self._output is not None:
                self._text.append(arguments)
            case ToolCallDelta():
                self._add_call(event)
            case _:
                pass

    def body(self, reason: str, usage: Usage) -> bytes:
        reason = _finish_reason(reason, tools=bool(self._calls))
        choice = {"index": 0, "message": self._message(), "logprobs": None, "finish_reason": reason}
        return json.dumps({**self._envelope, "choices": [choice], "usage": usage_object(usage)})

    def _message(self) -> Json:
        said = "".join(self._text)
        message: Json = {"role": "assistant", "content": said or None, "refusal": None}
        if not self._calls:
            message["content"] = said
        else:
            message["tool_calls"] = [self._calls[index] for index in sorted(self._calls)]
        if self._thoughts:
            message["reasoning_content"] = "".join(self._thoughts)
        return message

    def _add_call(self, event: ToolCallDelta) -> None:
        function = {"name": "", "arguments": ""}
        empty = {"id": f"call_{event.index}", "type": "function", "function": function}
        call = self._calls.setdefault(event.index, empty)
        call["id"] = event.id or call["id"]
        call["function"]["name"] += event.name
        call["function"]["arguments"] += event.arguments


def _output_of(opened: OpenCall) -> OutputSchema | None:
    """The schema asked for, where the caller has no tools: a model that is made to answer by a
    tool's arguments then says in them what the caller takes for its text."""
    request = opened.call.request
    return None if request.tools else request.output


def _tool_call_delta(event: ToolCallDelta) -> Json:
    if not event.name:
        return {"index": event.index, "function": {"arguments": event.arguments}}
    return {
        "index": event.index,
        "id": event.id or f"call_{event.index}",
        "type": "function",
        "function": {"name": event.name, "arguments": event.arguments},
    }

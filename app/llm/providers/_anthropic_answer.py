"""Reads Anthropic's event streams: frames in, neutral events out. No network in here.

The frames are read as JSON, since the SDK would make a Pydantic model of each, unchecked.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from app.kit import json
from app.llm.errors import BadGateway, LLMError
from app.llm.events import End, ModelEvent, TextDelta, ThinkingDelta, ToolCallDelta, UsageReport
from app.llm.messages import ModelRef, Usage
from app.llm.providers._openai_payload import dict_in, text_in
from app.llm.providers._sdk_failures import SdkFailures

_FINISH = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
    "tool_use": "tool_calls",
}
"""Any other reason to stop is the model's own."""


class Frame(Protocol):
    @property
    def data(self) -> str: ...


class MessageReader:
    """`output_tool` is the tool that was only made up to be answered with: what the model says to
    it is the answer's text, and what it says besides is thinking aloud."""

    def __init__(
        self, ref: ModelRef, failures: SdkFailures, *, output_tool: str | None = None
    ) -> None:
        self._ref = ref
        self._failures = failures
        self._output_tool = output_tool
        self._usage: dict[str, Any] = {}
        self._calls: dict[object, _ToolCall] = {}
        self._output: object = None
        self._stop: str | None = None
        self._why = ""
        self._spoke = False
        self.done = False

    @property
    def complete(self) -> bool:
        return self._stop is not None

    def feed(self, item: Frame) -> Iterator[ModelEvent]:
        if not item.data:
            return
        payload = self._object(item.data)
        match payload.get("type"):
            case "message_start":
                self._count(dict_in(payload.get("message")).get("usage"))
            case "content_block_start":
                yield from self._begin(payload.get("index"), dict_in(payload.get("content_block")))
            case "content_block_delta":
                yield from self._delta(payload.get("index"), dict_in(payload.get("delta")))
            case "content_block_stop":
                yield from self._end_block(payload.get("index"))
            case "message_delta":
                self._count(payload.get("usage"))
                self._stopping(dict_in(payload.get("delta")))
            case "message_stop":
                self.done = True
            case "error":
                raise self._failures.from_payload(payload.get("error"))

    def close(self) -> Iterator[ModelEvent]:
        if self._stop is None:
            raise self._failures.unusable("broke off in mid-answer")
        if not self._spoke:
            raise self._silent()
        yield UsageReport(_usage_of(self._usage))
        yield End(self._finish_reason(), self._ref)

    def _object(self, data: str) -> dict[str, Any]:
        try:
            payload = json.loads(data)
        except ValueError as error:
            raise self._failures.unusable("sent something that isn't JSON") from error
        if not isinstance(payload, dict):
            raise self._failures.unusable("sent JSON that is no answer")
        return payload

    def _begin(self, index: object, block: dict[str, Any]) -> Iterator[ModelEvent]:
        if block.get("type") == "tool_use":
            name = text_in(block.get("name"))
            if name == self._output_tool:
                self._output = index
                return
            call = self._calls[index] = _ToolCall(len(self._calls))
            self._spoke = True
            yield ToolCallDelta(call.number, name, "", text_in(block.get("id")))
        else:
            yield from self._delta(index, block)

    def _delta(self, index: object, delta: dict[str, Any]) -> Iterator[ModelEvent]:
        """A delta, or the beginning of a block, which may hold some of it already."""
        if thinking := text_in(delta.get("thinking")):
            yield ThinkingDelta(thinking)
        if text := text_in(delta.get("text")):
            yield self._text(text)
        if piece := text_in(delta.get("partial_json")):
            yield from self._arguments(index, piece)

    def _text(self, text: str) -> ModelEvent:
        if self._output_tool is not None:
            return ThinkingDelta(text)
        self._spoke = True
        return TextDelta(text)

    def _arguments(self, index: object, piece: str) -> Iterator[ModelEvent]:
        if index == self._output:
            self._spoke = True
            yield TextDelta(piece)
        elif (call := self._calls.get(index)) is not None:
            call.empty = False
            yield ToolCallDelta(call.number, "", piece)

    def _end_block(self, index: object) -> Iterator[ModelEvent]:
        """A call without arguments is one with none, in JSON too."""
        call = self._calls.get(index)
        if call is not None and call.empty:
            call.empty = False
            yield ToolCallDelta(call.number, "", "{}")

    def _count(self, usage: object) -> None:
        """Counts are running totals; what a later frame doesn't repeat stays."""
        self._usage |= {name: said for name, said in dict_in(usage).items() if said is not None}

    def _stopping(self, delta: dict[str, Any]) -> None:
        self._stop = text_in(delta.get("stop_reason")) or self._stop
        details = dict_in(delta.get("stop_details"))
        self._why = text_in(details.get("explanation")) or text_in(details.get("category"))

    def _finish_reason(self) -> str:
        if self._stop == "tool_use" and not self._calls:
            return "stop"
        return _FINISH.get(self._stop or "", "stop")

    def _silent(self) -> LLMError:
        if self._stop == "refusal":
            return self._failures.declined(self._why)
        return self._empty()

    def _empty(self) -> BadGateway:
        if self._stop == "max_tokens":
            return self._failures.unusable("spent all of max_tokens before it said anything")
        return self._failures.unusable("answered with nothing")


class _ToolCall:
    """`number` counts the tool calls of an answer, where the wire counts all blocks."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.empty = True


def _usage_of(usage: dict[str, Any]) -> Usage:
    """Anthropic counts tokens of the prompt that were read from its cache, or written to it, apart
    from the rest."""
    read = _tokens(usage.get("cache_read_input_tokens"))
    written = _tokens(usage.get("cache_creation_input_tokens"))
    details = dict_in(usage.get("output_tokens_details"))
    return Usage(
        prompt_tokens=_tokens(usage.get("input_tokens")) + read + written,
        completion_tokens=_tokens(usage.get("output_tokens")),
        cached_tokens=read,
        reasoning_tokens=_tokens(details.get("thinking_tokens")),
        cache_write_tokens=written,
    )


def _tokens(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0

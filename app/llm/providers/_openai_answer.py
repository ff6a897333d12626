"""Reads answers of the OpenAI wire: bytes in, neutral events out. No network in here.

Readers with one face: `feed` bytes as they come, `close` when no more do. A complete answer
ends in `End`; anything less raises.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from app.kit import sse
from app.llm.events import (
    End,
    ModelEvent,
    TextDelta,
    ThinkingDelta,
    UsageReport,
)
from app.llm.messages import ModelRef, Usage
from app.llm.providers._failures import Failures
from app.llm.providers._openai_object import nothing_said, object_in
from app.llm.providers._openai_payload import dict_in, dicts_in, said, text_in, usage_in

MAX_CHUNK = 5 * 1024 * 1024
"""Bytes of one event, or of one whole answer; no honest one comes near."""


class Reader(Protocol):
    @property
    def complete(self) -> bool:
        """Whether all was said: what happens to the connection from here on doesn't matter."""
        ...

    @property
    def done(self) -> bool:
        """Whether the provider announced that nothing follows."""
        ...

    @property
    def generation_id(self) -> str:
        """The answer's `id`, empty where none was seen."""
        ...

    def feed(self, data: bytes) -> Iterable[ModelEvent]: ...

    def close(self) -> Iterator[ModelEvent]: ...


class _Answer:
    """What the chunks of an answer add up to, as far as the end depends on it."""

    def __init__(self, ref: ModelRef, failures: Failures) -> None:
        self._ref = ref
        self._failures = failures
        self._usage: Usage | None = None
        self._finish_reason: str | None = None
        self._spoke = False
        self.generation_id = ""

    def chunk(self, text: bytes | str) -> Iterator[ModelEvent]:
        payload = object_in(text, self._failures)
        self.generation_id = self.generation_id or text_in(payload.get("id"))
        self._usage = usage_in(payload) or self._usage
        for choice in dicts_in(payload.get("choices"))[:1]:
            words = _words(choice)
            if words:
                self._spoke = True
                yield TextDelta(words)
            else:
                yield from self._choice(choice)

    def end(self) -> Iterator[ModelEvent]:
        if not self._spoke:
            raise nothing_said(self._failures, self._finish_reason, self._usage)
        if self._usage is not None:
            yield UsageReport(self._usage)
        yield End(self._finish_reason or "stop", self._ref)

    @property
    def finished(self) -> bool:
        return self._finish_reason is not None

    def _choice(self, choice: dict[str, Any]) -> Iterator[ModelEvent]:
        for event in said(dict_in(choice.get("delta")) or dict_in(choice.get("message"))):
            self._spoke = self._spoke or not isinstance(event, ThinkingDelta)
            yield event
        reason = text_in(choice.get("finish_reason"))
        if reason == "error":
            raise self._failures.unusable("broke off with an error")
        self._finish_reason = reason or self._finish_reason


def _words(choice: dict[str, Any]) -> str:
    """Of a choice that says some words and nothing else, as most do."""
    delta = choice.get("delta")
    if not isinstance(delta, dict) or len(delta) != 1 or choice.get("finish_reason"):
        return ""
    return text_in(delta.get("content"))


class StreamReader:
    """An event stream of `chat.completion.chunk`s."""

    def __init__(self, ref: ModelRef, failures: Failures) -> None:
        self._failures = failures
        self._answer = _Answer(ref, failures)
        self._frames = sse.Decoder()
        self._pending = 0
        self.done = False

    @property
    def complete(self) -> bool:
        return self.done or self._answer.finished

    @property
    def generation_id(self) -> str:
        return self._answer.generation_id

    def feed(self, data: bytes) -> Iterator[ModelEvent]:
        """The usual chunk, whole frames of one line, is read without looking at its lines."""
        frames = sse.bare(data) if self._pending == 0 and self._frames.idle else None
        if frames is None:
            yield from self._feed(data)
            return
        for text in frames:
            if self.done or text == b"[DONE]":
                self.done = True
                return
            yield from self._answer.chunk(text)

    def _feed(self, data: bytes) -> Iterator[ModelEvent]:
        self._pending += len(data)
        for frame in self._frames.feed(data):
            self._pending = 0
            if self.done or frame.data == "[DONE]":
                self.done = True
                return
            yield from self._answer.chunk(frame.data)
        if self._pending > MAX_CHUNK:
            raise self._failures.unusable("sent one chunk of more than 5 MB")

    def close(self) -> Iterator[ModelEvent]:
        if not self.complete:
            raise self._failures.unusable("broke off in mid-answer")
        yield from self._answer.end()


class WholeReader:
    """One `chat.completion` object: what a server sends that doesn't stream."""

    done = False
    complete = False

    def __init__(self, ref: ModelRef, failures: Failures) -> None:
        self._failures = failures
        self._answer = _Answer(ref, failures)
        self._body = bytearray()

    @property
    def generation_id(self) -> str:
        return self._answer.generation_id

    def feed(self, data: bytes) -> Iterator[ModelEvent]:
        self._body += data
        if len(self._body) > MAX_CHUNK:
            raise self._failures.unusable("sent an answer of more than 5 MB")
        yield from ()

    def close(self) -> Iterator[ModelEvent]:
        if not self._body:
            raise nothing_said(self._failures, None)
        yield from self._answer.chunk(bytes(self._body))
        yield from self._answer.end()

"""Passes event streams of the OpenAI wire on to a caller who speaks it too. No network in here."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.kit import json, sse
from app.llm.errors import LLMError
from app.llm.events import End, ModelEvent, UsageReport, WireChunk
from app.llm.messages import ModelRef, Usage
from app.llm.providers._failures import Failures
from app.llm.providers._openai_answer import MAX_CHUNK
from app.llm.providers._openai_frames import (
    END,
    MATTERS,
    NULL_USAGE,
    data_in,
    plain,
    plain_until,
    without_comments,
    without_nulls,
)
from app.llm.providers._openai_object import length_said, nothing_said, object_in
from app.llm.providers._openai_payload import dict_in, dicts_in, text_in, usage_in

_SILENT = ("role", "name")


class StreamRelay:
    """A stream of so many `answers`. Frames keep their bytes, but for comments, CRLF, and the count
    of tokens: that is told at the end, once, by whoever relays to a caller who asked for it.

    Until the model says something every frame is read and held back, since until then another model
    may still take over. From there on frames go through unread, unless one may matter.
    """

    def __init__(self, ref: ModelRef, failures: Failures, answers: int) -> None:
        self._ref = ref
        self._failures = failures
        self._answers = answers
        self._framer = sse.Framer()
        self._silent = True
        self._nulls = False
        self._held = b""
        self._overhead = 0
        self._characters = 0
        self._usage: Usage | None = None
        self._told: dict[str, Any] | None = None
        self._finished: dict[str, str] = {}
        self.generation_id = ""
        self.done = False
        self.complete = False

    def feed(self, data: bytes) -> Iterable[ModelEvent]:
        """At most one `WireChunk`. The way of the usual frame is written out, since there are so
        many; every other way comes to the same."""
        if self._nulls:
            data = data.replace(NULL_USAGE, b"")
        if (
            data.endswith(b"}\n\n")
            and data.count(b"\n") == 2
            and data.startswith(b"data:")
            and MATTERS(data) is None
            and self._framer.idle
            and not self._silent
        ):
            said = len(data) - self._overhead
            return (WireChunk(data, max(0, said)),)
        data = self._framer.feed(data)
        if self._framer.pending > MAX_CHUNK:
            raise self._too_large()
        if self._silent or not plain(data):
            return self._read(data)
        return (WireChunk(data, self._guess(data)),)

    def close(self) -> Iterator[ModelEvent]:
        if not self.complete:
            raise self._failures.unusable("broke off in mid-answer")
        reason = next(iter(self._finished.values()), "stop")
        if self._silent:
            raise nothing_said(self._failures, reason, self._usage)
        if self._usage is not None:
            yield UsageReport(self._usage, self._told)
        yield End(reason, self._ref)

    def _read(self, data: bytes) -> Iterator[ModelEvent]:
        """What came before a failure still goes on its way."""
        passed: list[bytes] = []
        failure: LLMError | None = None
        self._characters = 0
        try:
            self._sort(data, passed)
        except LLMError as error:
            failure = error
        if sent := b"".join(passed):
            yield WireChunk(sent, self._characters)
        if failure is not None:
            raise failure

    def _sort(self, data: bytes, passed: list[bytes]) -> None:
        """Frame by frame, but for runs of plain ones."""
        start, runs = 0, True
        while (blank := data.find(END, start)) >= 0 and not self.done:
            end = plain_until(data, start) if runs and not self._silent else start
            runs = end >= 0
            if end > start:
                passed.append(self._said(data[start:end]))
            else:
                end = blank + len(END)
                passed.append(self._frame(without_comments(data[start:blank])))
            start = end

    def _said(self, whole: bytes) -> bytes:
        self._characters += self._guess(whole)
        return whole

    def _frame(self, frame: bytes) -> bytes:
        """What goes on because of this frame: itself, with all that was held back for it, or
        nothing. Whether it is read depends on it alone, not on which others it came with."""
        whole = self._without_nulls(frame + END)
        if not self._silent and plain(whole):
            return self._said(whole)
        text = data_in(whole)
        if text == b"[DONE]":
            self.done = self.complete = True
        if not text or self.done:
            return b""
        payload = object_in(text, self._failures)
        self._note(payload)
        whole = self._uncounted(whole, payload)
        return self._first(whole, payload) if self._silent else whole

    def _without_nulls(self, whole: bytes) -> bytes:
        if b'"usage"' not in whole:
            return whole
        without = without_nulls(whole)
        self._nulls = self._nulls or without != whole
        return without

    def _note(self, payload: dict[str, Any]) -> None:
        self.generation_id = self.generation_id or text_in(payload.get("id"))
        if (usage := usage_in(payload)) is not None:
            self._usage, self._told = usage, dict_in(payload.get("usage")) or None
        for choice in dicts_in(payload.get("choices")):
            self._characters += length_said(dict_in(choice.get("delta")))
            if reason := text_in(choice.get("finish_reason")):
                self._finished.setdefault(str(choice.get("index")), reason)
            if reason == "error":
                raise self._failures.unusable("broke off with an error")
        self.complete = len(self._finished) >= self._answers

    def _uncounted(self, whole: bytes, payload: dict[str, Any]) -> bytes:
        if "usage" not in payload:
            return whole
        if not payload.pop("usage") or payload.get("choices"):
            return b"data: " + json.dumps(payload) + END
        return b""

    def _first(self, whole: bytes, payload: dict[str, Any]) -> bytes:
        self._held += whole
        if len(self._held) > MAX_CHUNK:
            raise self._too_large()
        if not any(map(_speaks, dicts_in(payload.get("choices")))):
            return b""
        self._silent = False
        self._overhead = len(whole) - self._characters
        return self._held

    def _guess(self, data: bytes) -> int:
        """How many characters of it were said, if its frames are like the first one."""
        return max(0, len(data) - self._overhead * data.count(END))

    def _too_large(self) -> LLMError:
        return self._failures.unusable("sent one chunk of more than 5 MB")


def _speaks(choice: dict[str, Any]) -> bool:
    """Whether its delta holds anything that a caller may be waiting for."""
    delta = dict_in(choice.get("delta"))
    return any(value for name, value in delta.items() if name not in _SILENT)

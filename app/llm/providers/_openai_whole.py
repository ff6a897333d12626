"""Answers of the OpenAI wire that come in one piece, checked and passed on as they are."""

from collections.abc import Iterator
from typing import Any

from app.llm.events import End, ModelEvent, UsageReport, Vectors, WireChunk
from app.llm.messages import ModelRef, Usage
from app.llm.providers._failures import Failures
from app.llm.providers._openai_answer import MAX_CHUNK
from app.llm.providers._openai_object import length_said, nothing_said, object_in
from app.llm.providers._openai_payload import dict_in, dicts_in, text_in, usage_in

_MAX_VECTORS = 128 * 1024 * 1024  # bytes; the most that OpenAI takes at once comes to half of it
_ANSWERS = ("content", "tool_calls", "refusal", "function_call", "audio", "images")


class _Body:
    """Collects it. `done` and `complete` as for every reader: it is over when HTTP says so. With
    all of it comes the count of its tokens: nobody asks for that by its id."""

    generation_id = ""
    done = False
    complete = False
    limit = MAX_CHUNK

    def __init__(self, ref: ModelRef, failures: Failures) -> None:
        self._ref = ref
        self._failures = failures
        self._body = bytearray()

    def feed(self, data: bytes) -> tuple[ModelEvent, ...]:
        self._body += data
        if len(self._body) > self.limit:
            size = self.limit // 1024 // 1024
            raise self._failures.unusable(f"sent an answer of more than {size} MB")
        return ()

    def _object(self) -> dict[str, Any]:
        if not self._body:
            raise nothing_said(self._failures, None)
        return object_in(bytes(self._body), self._failures)

    def _ending(self, usage: Usage | None, reason: str) -> Iterator[ModelEvent]:
        if usage is not None:
            yield UsageReport(usage)
        yield End(reason, self._ref)


class WholeRelay(_Body):
    """A `chat.completion` object: its bytes, once it is known to hold an answer."""

    def close(self) -> Iterator[ModelEvent]:
        payload = self._object()
        choices = dicts_in(payload.get("choices"))
        messages = [dict_in(choice.get("message")) for choice in choices]
        reason = next((text_in(choice.get("finish_reason")) for choice in choices), "")
        if reason == "error":
            raise self._failures.unusable("broke off with an error")
        usage = usage_in(payload)
        if not any(message.get(name) for message in messages for name in _ANSWERS):
            raise nothing_said(self._failures, reason, usage)
        said = sum(map(length_said, messages)) if usage is None else 0  # only for a guess at it
        yield WireChunk(bytes(self._body), said)
        yield from self._ending(usage, reason or "stop")


class VectorsReader(_Body):
    """The answer of `/embeddings`: `relayed` as its bytes, else as `Vectors`."""

    limit = _MAX_VECTORS

    def __init__(self, ref: ModelRef, failures: Failures, *, relayed: bool) -> None:
        super().__init__(ref, failures)
        self._relayed = relayed

    def close(self) -> Iterator[ModelEvent]:
        payload = self._object()
        rows = dicts_in(payload.get("data"))
        if not rows or not all(row.get("embedding") for row in rows):
            raise self._failures.unusable("sent no vectors")
        yield WireChunk(bytes(self._body), 0) if self._relayed else self._vectors(rows)
        yield from self._ending(usage_in(payload), "stop")

    def _vectors(self, rows: list[dict[str, Any]]) -> Vectors:
        try:
            ordered = sorted(rows, key=lambda row: int(row.get("index", 0)))
            return Vectors(tuple([tuple(map(float, row["embedding"])) for row in ordered]))
        except (TypeError, ValueError) as error:
            raise self._failures.unusable("sent vectors that hold no numbers") from error

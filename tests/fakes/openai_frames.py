"""What a well-behaved server of the OpenAI wire would send, as frames and as one object."""

import base64
import json
import re
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_PIECE = re.compile(r"\S+\s*|\s+")

BeforeToken = Callable[[int], Awaitable[object]]
"""Awaited before each token of a stream, with the number of those that were said."""


@dataclass(frozen=True, slots=True)
class Script:
    """The answer to one request, ready to be sent rightly or wrongly.

    `pieces` are the deltas that say something; `whole` is the same as a `chat.completion`.
    """

    body: dict[str, Any]
    message: dict[str, Any]
    pieces: tuple[dict[str, Any], ...]
    usage: dict[str, Any]
    latency: float
    token_delay: float
    before_token: BeforeToken | None = None

    @property
    def finish_reason(self) -> str:
        return "tool_calls" if "tool_calls" in self.message else "stop"

    @property
    def choices(self) -> int:
        return int(self.body.get("n") or 1)

    @property
    def whole(self) -> dict[str, Any]:
        choice = {"message": self.message, "finish_reason": self.finish_reason}
        if self.body.get("logprobs"):
            choice["logprobs"] = _logprobs(str(self.message.get("content")))
        choices = [{"index": index, **choice} for index in range(self.choices)]
        return self._envelope("chat.completion") | {"choices": choices, "usage": self.usage}

    def role(self) -> bytes:
        return self.chunk({"role": "assistant", "content": ""})

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        """A frame for each choice, one after the other."""
        return b"".join(
            frame(self._envelope("chat.completion.chunk") | {"choices": [choice]})
            for choice in self._choices(delta, finish_reason)
        )

    def closing(self) -> list[bytes]:
        frames = [self.chunk({}, self.finish_reason)]
        if self.body.get("stream_options", {}).get("include_usage"):
            usage = {"choices": [], "usage": self.usage}
            frames.append(frame(self._envelope("chat.completion.chunk") | usage))
        return [*frames, b"data: [DONE]\n\n"]

    def all_frames(self) -> list[bytes]:
        return [self.role(), *map(self.chunk, self.pieces), *self.closing()]

    def _choices(self, delta: dict[str, Any], finish_reason: str | None) -> list[dict[str, Any]]:
        choice: dict[str, Any] = {"delta": delta, "finish_reason": finish_reason}
        if self.body.get("logprobs") and delta.get("content"):
            choice["logprobs"] = _logprobs(delta["content"])
        return [{"index": index, **choice} for index in range(self.choices)]

    def _envelope(self, kind: str) -> dict[str, Any]:
        model = self.body.get("model", "")
        return {"id": "chatcmpl-fake", "object": kind, "created": 1_700_000_000, "model": model}


def frame(payload: object) -> bytes:
    return b"data: %s\n\n" % json.dumps(payload, ensure_ascii=False).encode()


def script(
    body: dict[str, Any],
    reply: str | dict[str, Any],
    *,
    usage: Mapping[str, Any] = MappingProxyType({}),
    latency: float = 0.0,
    token_delay: float = 0.0,
    before_token: BeforeToken | None = None,
) -> Script:
    """An object comes back in the way it was asked for; as a fenced block where none was."""
    message, pieces = _tool_call(body, reply) if _as_tool(body, reply) else _text(body, reply)
    counted = _usage(body, message) | dict(usage)
    return Script(body, message, tuple(pieces), counted, latency, token_delay, before_token)


def _as_tool(body: dict[str, Any], reply: str | dict[str, Any]) -> bool:
    return isinstance(reply, dict) and bool(body.get("tools"))


def _text(
    body: dict[str, Any], reply: str | dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    text = reply if isinstance(reply, str) else json.dumps(reply)
    if isinstance(reply, dict) and "response_format" not in body:
        text = f"Here you are.\n```json\n{text}\n```"
    pieces = [{"content": piece} for piece in _PIECE.findall(text)]
    return {"role": "assistant", "content": text}, pieces


def _tool_call(
    body: dict[str, Any], reply: str | dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    name, arguments = body["tools"][0]["function"]["name"], json.dumps(reply)
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    opening = {**call, "index": 0, "function": {"name": name, "arguments": ""}}
    pieces = [{"tool_calls": [opening]}] + [
        {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
        for piece in _PIECE.findall(arguments)
    ]
    return {"role": "assistant", "content": None, "tool_calls": [call]}, pieces


def vectors(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/embeddings`: each vector begins with its text's length."""
    given = body["input"]
    one = isinstance(given, str) or isinstance(given[0], int)
    texts = [given] if one else given
    rows = [
        {"object": "embedding", "index": index, "embedding": _vector(text, body)}
        for index, text in enumerate(texts)
    ]
    count = sum(len(text) for text in texts) // 4
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": rows, "model": body["model"], "usage": usage}


def _vector(text: Any, body: dict[str, Any]) -> list[float] | str:
    numbers = [float(len(text)), 0.5, -0.25]
    if body.get("encoding_format") == "base64":
        return base64.b64encode(struct.pack("<3f", *numbers)).decode()
    return numbers


def _logprobs(text: str) -> dict[str, Any]:
    tokens = [
        {"token": piece, "logprob": -0.5, "bytes": list(piece.encode()), "top_logprobs": []}
        for piece in _PIECE.findall(text)
    ]
    return {"content": tokens, "refusal": None}


def _usage(body: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    prompt = sum(len(str(m.get("content"))) for m in body.get("messages", ())) // 4
    completion = len(json.dumps(message)) // 4
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }

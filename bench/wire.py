"""The OpenAI wire as the benchmarks' vendors write it, with the least work."""

from collections.abc import Mapping

import orjson

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)

_ENVELOPE = {"id": "chatcmpl-bench", "created": 1_700_000_000, "model": "bench"}


def frame(
    delta: Mapping[str, str] | None,
    reason: str | None = None,
    usage: Mapping[str, int] | None = None,
) -> bytes:
    """One chunk of a stream; without `delta`, the last one, which only counts."""
    chunk: dict[str, object] = {**_ENVELOPE, "object": "chat.completion.chunk", "choices": []}
    if delta is not None:
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": reason}]
    if usage is not None:
        chunk["usage"] = _counted(usage)
    return b"data: %b\n\n" % orjson.dumps(chunk)


def whole(content: str, usage: Mapping[str, int] | None = None) -> bytes:
    """The body of an answer that isn't streamed."""
    message = {"role": "assistant", "content": content}
    return orjson.dumps(
        {
            **_ENVELOPE,
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": _counted(usage or {"prompt_tokens": 20, "completion_tokens": 20}),
        }
    )


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def length_of(head: bytes) -> int:
    """The length of the body that a request's head declares."""
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _counted(usage: Mapping[str, int]) -> dict[str, int]:
    return {**usage, "total_tokens": sum(usage.values())}

"""What a client hears of a UI message stream."""

import json
from typing import Any

Chunk = dict[str, Any]


def chunks_of(frames: bytes) -> list[Chunk]:
    """What is told up to `[DONE]`, which has to be the last, and there once."""
    *told, done, rest = frames.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(frame.removeprefix("data: ")) for frame in told]


def types(chunks: list[Chunk]) -> list[str]:
    return [chunk["type"] for chunk in chunks]


def said(chunks: list[Chunk], kind: str = "text") -> str:
    return "".join(chunk["delta"] for chunk in chunks if chunk["type"] == f"{kind}-delta")

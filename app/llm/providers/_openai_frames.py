"""The event-stream frames of the OpenAI wire as bytes: which of them have to be read.

Inside a JSON string quotes are escaped, so no text of a model's can pass for one of the words that
are looked for; one of them as a whole string only makes a frame be read in vain.
"""

import re
from typing import Protocol

END = b"\n\n"
NULL_USAGE = b',"usage":null'


class _Search(Protocol):
    def __call__(self, data: bytes, start: int = 0, /) -> re.Match[bytes] | None: ...


MATTERS: _Search = re.compile(rb'"(?:error"|finish_reason": *"|usage")').search
"""Finds an error, a reason to be finished, or a count of tokens, wherever they stand."""

_NULL = re.compile(rb',\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,\s*')


def plain(data: bytes) -> bool:
    """Whether all there is are frames of one line with an object that only says something: no
    comment, nothing cut short, and nothing that matters."""
    return _well_formed(data) and MATTERS(data) is None


def plain_until(data: bytes, start: int) -> int:
    """How far, from a frame's start, frames are plain; -1 when they aren't even well-formed."""
    found = MATTERS(data, start)
    end = len(data) if found is None else max(start, data.rfind(END, start, found.start()) + 2)
    return end if end == start or _well_formed(data[start:end]) else -1


def _well_formed(data: bytes) -> bool:
    if not (data.startswith(b"data:") and data.endswith(b"}\n\n")):
        return False
    lines = data.count(b"\n")
    return lines == 2 or (
        lines == 2 * data.count(b"}\n\n") and lines == 2 * data.count(b"\n\ndata:") + 2
    )


def without_nulls(data: bytes) -> bytes:
    """Leaves out the tokens that aren't counted yet: some vendors say so in every frame, and most
    of them in the spelling that is quickest to cut out."""
    data = data.replace(NULL_USAGE, b"")
    return _NULL.sub(b"", data) if b'"usage"' in data else data


def without_comments(frame: bytes) -> bytes:
    """Drops comments and blank lines."""
    if frame.startswith((b":", b"\n")) or b"\n:" in frame:
        lines = frame.split(b"\n")
        return b"\n".join([line for line in lines if line and not line.startswith(b":")])
    return frame


def data_in(frame: bytes) -> bytes:
    """The value of its `data` lines; empty when it has none."""
    lines = [line for line in frame.split(b"\n") if line.startswith(b"data:")]
    return b"\n".join([line[5:].removeprefix(b" ") for line in lines])

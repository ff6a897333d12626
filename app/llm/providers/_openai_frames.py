"""The event-stream frames of the OpenAI wire as bytes: which of them have to be read.

Inside a JSON string quotes are escaped, so no text of a model's can pass for one of the words that
are looked for; one of them as a whole string only makes a frame be read in vain.
"""

import re

END = b"\n\n"

_NULL = re.compile(rb',\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,\s*')


def plain(data: bytes) -> bool:
    """Whether all there is are frames of one line with an object that only says something: no
    comment, nothing cut short, no count of tokens, no error, no reason to be finished."""
    if not (data.startswith(b"data:") and data.endswith(b"}\n\n")):
        return False
    lines = data.count(b"\n")
    if lines != 2 and not (
        lines == 2 * data.count(b"}\n\n") and lines == 2 * data.count(b"\n\ndata:") + 2
    ):
        return False
    if b'"usage"' in data and data.count(b'"usage"') != data.count(b'"usage":null'):
        return False
    return not (b'"error"' in data or b'"finish_reason":"' in data or b'"finish_reason": "' in data)


def without_nulls(data: bytes) -> bytes:
    """Leaves out the tokens that aren't counted yet: some vendors say so in every frame, and most
    of them in the spelling that is quickest to cut out."""
    data = data.replace(b',"usage":null', b"")
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

"""What was heard in a recording."""

from typing import BinaryIO

from app.kit.frozen import frozen


@frozen
class Recording:
    """`size` in bytes."""

    file: BinaryIO
    name: str
    content_type: str
    size: int


@frozen
class Word:
    """`start` and `end` in seconds from the start of the recording."""

    text: str
    start: float
    end: float


@frozen
class Transcript:
    """`language` is a code of ISO 639, as it was heard; `seconds` is how long the recording is."""

    text: str
    language: str | None
    seconds: float
    words: tuple[Word, ...]

"""What was told, and what becomes of it beside what is remembered already."""

import re
import unicodedata
from datetime import datetime
from enum import Enum, auto
from typing import Literal
from uuid import UUID

from app.chat.memory.models import Memory
from app.kit.frozen import frozen

Kind = Literal["fact", "preference"]
SUBJECT_LENGTH = 100

_SPACE = re.compile(r"\s+")
_DETERMINER = re.compile(
    r"^(?:(?:the|a|an|my|your|our|his|her|their|(?:the )?(?:user|person)'s) )+"
)


@frozen
class Told:
    """`at` is when it was said. Without `message_id` its owner wrote it down."""

    kind: Kind
    subject: str
    text: str
    confidence: float
    at: datetime
    conversation_id: UUID | None = None
    message_id: UUID | None = None


class Outcome(Enum):
    NEW = auto()
    SAME = auto()
    REPLACES = auto()
    OUTDATED = auto()


def outcome(current: Memory | None, told: Told) -> Outcome:
    """What was told later holds, however sure either is: people change their minds, and their
    homes. So what is heard again, or heard late, changes nothing."""
    if current is None:
        return Outcome.NEW
    if told.at <= current.updated_at:
        return Outcome.OUTDATED
    same = current.kind == told.kind and _bare(current.text) == _bare(told.text)
    return Outcome.SAME if same else Outcome.REPLACES


def subject_of(text: str) -> str:
    """The same for all ways to write it: `My  Home City` and `home city` are one subject. Never
    empty, and never longer than `SUBJECT_LENGTH`."""
    said = _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()
    said = said.replace("’", "'")
    said = said.strip(" .,;:!?\"'") or said  # nothing but marks is what it is about
    bare = _DETERMINER.sub("", said) or said
    return bare[:SUBJECT_LENGTH].strip() or "something"


def one_line(text: str) -> str:
    """Without what a memory's line can't hold: line breaks, control characters, wide gaps."""
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return _SPACE.sub(" ", visible).strip()


def _bare(text: str) -> str:
    return (_SPACE.sub(" ", text).strip(" .!") or text).casefold()

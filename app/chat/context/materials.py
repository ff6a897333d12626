"""All that a context can be made of, once it was looked up."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from app.chat.context.exchange import NOTHING, Exchange
from app.kit.frozen import frozen
from app.llm import Message

Count = Callable[[Message], int]
"""Tokens of one message."""

Recall = Literal["meaning", "words", "off"]


class PartKind(StrEnum):
    """What can be left out of a context."""

    EXCHANGE = "exchange"
    MEMORY = "memory"
    SUMMARY = "summary"


@frozen
class Fact:
    """A memory that was recalled; `score` is 0 to 1, `why` for people."""

    id: UUID
    text: str
    source_message_id: UUID | None
    why: str
    score: float
    told_at: datetime


@frozen
class Dropped:
    """Something that isn't sent. `id` is the memory's, or that of an exchange's first message."""

    kind: PartKind
    id: UUID | None
    why: str
    tokens: int


@frozen
class Materials:
    """`system` is the template with the owner's text, `recent` goes from the oldest to the newest.
    `question` is what is to be answered: empty where nobody asked yet.

    `left_out` was left out already. `past_tokens` is how many all has that was said before the
    question. `forgetful` tells that memories were wanted and couldn't be had.
    """

    system: str
    facts: tuple[Fact, ...] = ()
    summary: str | None = None
    recent: tuple[Exchange, ...] = ()
    question: Exchange = NOTHING
    left_out: tuple[Dropped, ...] = ()
    past_tokens: int = 0
    recall: Recall = "off"
    forgetful: bool = False


@frozen
class RecentPolicy:
    """The newest `exchanges` are sent word for word, of at most `tokens`; the last one always."""

    exchanges: int
    tokens: int

    def split(
        self, said: Sequence[Exchange], count: Count
    ) -> tuple[tuple[Exchange, ...], tuple[Exchange, ...]]:
        """What is older than that, and what isn't."""
        start, left = len(said), self.tokens
        while start and len(said) - start < self.exchanges:
            left -= sum(map(count, said[start - 1].messages))
            if left < 0 and start < len(said):
                break
            start -= 1
        return tuple(said[:start]), tuple(said[start:])

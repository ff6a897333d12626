"""Makes a context of its materials, as large as it may be."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, chain
from uuid import UUID

from app.chat.context.materials import (
    Count,
    Dropped,
    Fact,
    Materials,
    PartKind,
)
from app.chat.context.wording import system_message
from app.kit.frozen import frozen
from app.llm import Finding, Message, Role, message_tokens

_NO_ROOM = "no room for it in the model's context"


class ContextTooSmall(ValueError):
    """The question and what has to go with it are larger than the context; tokens of both."""

    def __init__(self, least: int, tokens: int) -> None:
        super().__init__(f"the question needs {least} tokens with its system text, not {tokens}")
        self.least = least
        self.tokens = tokens


@frozen
class PartTokens:
    """The question counts among what is recent."""

    system: int
    memories: int
    summary: int
    recent: int

    @property
    def total(self) -> int:
        return self.system + self.memories + self.summary + self.recent


@frozen
class Context:
    """What one call is sent. `saved_tokens` is by how much that is less than the whole
    conversation would be; never below 0."""

    messages: tuple[Message, ...]
    tokens: PartTokens
    facts: tuple[Fact, ...]
    summary: str | None
    dropped: tuple[Dropped, ...]
    saved_tokens: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The memories, for the built-in model."""
        return tuple(Finding(f"told on {fact.told_at:%Y-%m-%d}", fact.text) for fact in self.facts)


def build(materials: Materials, tokens: int, count: Count = message_tokens) -> Context:
    """A context of at most `tokens`, by what `count` says of each message.

    What doesn't fit is left out in this order: exchanges, from the oldest on; memories, from the
    least important on; the summary. Nothing is ever cut. Raises `ContextTooSmall` when there is no
    room even for the question.
    """
    return ElasticContext(materials, count).build(tokens)


class ElasticContext:
    """The context of one turn, for models of different sizes."""

    def __init__(self, materials: Materials, count: Count = message_tokens) -> None:
        self.materials = materials
        self._count = count
        self._system: dict[tuple[int, bool], int] = {}
        recent = [sum(map(count, each.messages)) for each in materials.recent]
        self._newest = [0, *accumulate(reversed(recent))]
        self._question = sum(map(count, materials.question.messages))

    @property
    def least(self) -> int:
        """Tokens of the system text and the question."""
        return self._told(replace(self.materials, facts=(), summary=None)) + self._question

    def within(self, tokens: int) -> tuple[Message, ...]:
        """Raises `ContextTooSmall`."""
        return self.build(tokens).messages

    def build(self, tokens: int) -> Context:
        """Raises `ContextTooSmall`."""
        if self.least > tokens:
            raise ContextTooSmall(self.least, tokens)
        kept, size = self.materials, self._size(self.materials)
        dropped = []
        for smaller, kind, part_id in _ever_less(self.materials):
            if size <= tokens:
                break
            kept, before, size = smaller, size, self._size(smaller)
            dropped.append(Dropped(kind, part_id, _NO_ROOM, max(0, before - size)))
        return self._context(kept, tuple(dropped))

    def _context(self, kept: Materials, dropped: tuple[Dropped, ...]) -> Context:
        system = self._told(replace(kept, facts=(), summary=None))
        with_memories = self._told(replace(kept, summary=None))
        tokens = PartTokens(
            system=system,
            memories=with_memories - system,
            summary=self._told(kept) - with_memories,
            recent=self._newest[len(kept.recent)] + self._question,
        )
        return Context(
            messages=(_system(kept), *_verbatim(kept)),
            tokens=tokens,
            facts=kept.facts,
            summary=kept.summary,
            dropped=(*kept.left_out, *dropped),
            saved_tokens=max(0, kept.past_tokens + system + self._question - tokens.total),
        )

    def _size(self, materials: Materials) -> int:
        return self._told(materials) + self._newest[len(materials.recent)] + self._question

    def _told(self, materials: Materials) -> int:
        """Of the system message; memories are left out in one order, so their number tells which
        of them are in it."""
        key = len(materials.facts), bool(materials.summary)
        if key not in self._system:
            self._system[key] = self._count(_system(materials))
        return self._system[key]


def _ever_less(materials: Materials) -> Iterator[tuple[Materials, PartKind, UUID | None]]:
    """The materials without one part more each time, and which part that is."""
    left = materials
    for exchange in materials.recent:
        left = replace(left, recent=left.recent[1:])
        yield left, PartKind.EXCHANGE, exchange.id
    for fact in sorted(materials.facts, key=lambda each: each.score):
        left = replace(left, facts=tuple(each for each in left.facts if each is not fact))
        yield left, PartKind.MEMORY, fact.id
    if left.summary:
        yield replace(left, summary=None), PartKind.SUMMARY, None


def _system(materials: Materials) -> Message:
    text = system_message(materials.system, materials.facts, materials.summary)
    return Message(Role.SYSTEM, text)


def _verbatim(materials: Materials) -> Iterator[Message]:
    return chain.from_iterable(each.messages for each in (*materials.recent, materials.question))

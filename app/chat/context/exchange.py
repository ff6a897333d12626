"""A branch as exchanges: what a person said, and all that was answered to it."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from app.kit.frozen import frozen
from app.llm import Message, Role


@frozen
class Said:
    """A message, and by which id it is stored; None where it isn't yet."""

    message: Message
    id: UUID | None = None


@frozen
class Exchange:
    """Begins with a person's message, but for the one that a conversation begins with when nobody
    asked. Is sent whole or not at all: a call of a tool is never apart from its results."""

    said: tuple[Said, ...]

    @property
    def id(self) -> UUID | None:
        """Of its first message."""
        return self.said[0].id if self.said else None

    @property
    def messages(self) -> tuple[Message, ...]:
        return tuple(each.message for each in self.said)

    @property
    def answered(self) -> bool:
        """Whether nothing is left for the model to say to it."""
        return bool(self.said) and self.said[-1].message.role is Role.ASSISTANT


NOTHING = Exchange(())


def exchanges(branch: Iterable[Said]) -> tuple[Exchange, ...]:
    """Of a branch from its root on. Left out are calls of tools that have no result and results of
    none, which vendors refuse, and messages that say nothing: of answers that failed."""
    told = _told(tuple(branch))
    questions = {at for at, each in enumerate(told) if each.message.role is Role.USER}
    starts = sorted({0, *questions}) if told else []
    return tuple(Exchange(told[a:b]) for a, b in pairwise([*starts, len(told)]))


def _told(branch: Sequence[Said]) -> tuple[Said, ...]:
    kept: list[Said] = []
    for at, each in enumerate(branch):
        said = each
        if each.message.tool_calls:
            said = _with_calls_of(each, _results_after(branch, at))
        if said.message.role is Role.TOOL:
            if _called(kept, said.message.tool_call_id):
                kept.append(said)
        elif said.message.content or said.message.parts or said.message.tool_calls:
            kept.append(said)
    return tuple(kept)


def _results_after(branch: Sequence[Said], at: int) -> set[str | None]:
    """Which calls are answered by the tools' messages right after this one."""
    found: set[str | None] = set()
    for each in branch[at + 1 :]:
        if each.message.role is not Role.TOOL:
            break
        found.add(each.message.tool_call_id)
    return found


def _with_calls_of(said: Said, answered: AbstractSet[str | None]) -> Said:
    calls = {call.id: call for call in said.message.tool_calls if call.id in answered}
    return replace(said, message=replace(said.message, tool_calls=tuple(calls.values())))


def _called(kept: Sequence[Said], tool_call_id: str | None) -> bool:
    """Whether the last message that is no tool's asked for this, and hasn't got it yet."""
    for each in reversed(kept):
        if each.message.role is not Role.TOOL:
            return any(call.id == tool_call_id for call in each.message.tool_calls)
        if each.message.tool_call_id == tool_call_id:
            return False
    return False

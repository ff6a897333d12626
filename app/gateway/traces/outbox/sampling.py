"""Which runs and conversations are traced: whole ones, and the same in every process."""

from hashlib import blake2b
from uuid import UUID

from app.llm import CallContext

_CERTAIN = 2**64


class Sampling:
    """`rate` is the share that is traced, 0 to 1."""

    def __init__(self, rate: float) -> None:
        self._least = rate * _CERTAIN

    def takes(self, group: UUID) -> bool:
        number = int.from_bytes(blake2b(group.bytes, digest_size=8).digest())
        return number < self._least

    def takes_call(self, context: CallContext) -> bool:
        group = group_of(context)
        return group is not None and self.takes(group)


def group_of(context: CallContext) -> UUID | None:
    """The conversation or the run that a call belongs to, which becomes a session. A caller of the
    gateway has neither: what it says is its own."""
    if context.conversation_id is not None:
        return context.conversation_id
    return context.run_id if context.turn is not None else None

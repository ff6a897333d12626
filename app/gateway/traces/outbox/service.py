"""Takes calls and ends of runs to be told of, at once, and keeps them in batches."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.db import EVERY_TENANT, Database, UnitOfWork
from app.gateway.batches import BatchWriter, WriterOptions
from app.gateway.traces.outbox.repository import Outbox, add_outcome
from app.gateway.traces.outbox.sampling import Sampling
from app.gateway.traces.outbox.telling import ToldTurn, told
from app.kit.clock import Clock
from app.llm import CallContext, TracedCall

_MOST_CHARACTERS = 16_000_000
"""Of prompts and answers that may wait in memory: 64 MB at the very most."""
_CHARACTERS_OF_A_TOKEN = 4
_AFTER_ITS_TURNS = 1.0
"""Seconds: a turn is in the outbox a quarter of one after it was taken."""


class TraceOutbox(BatchWriter[TracedCall]):
    """The core's `Tracer` for those calls that belong to a conversation or a run. `settle` is how
    long, in seconds, a turn may still grow: a refused one is tried again within a moment."""

    def __init__(
        self,
        database: Database,
        sampling: Sampling,
        clock: Clock,
        *,
        redact_limits: bool,
        settle: float,
        options: WriterOptions | None = None,
    ) -> None:
        super().__init__("traces", self._store, _id_of, options or WriterOptions(1000, 20))
        self._database = database
        self._sampling = sampling
        self._clock = clock
        self._redact_limits = redact_limits
        self._settle = timedelta(seconds=settle)
        self._sizes: deque[int] = deque()
        self._held = 0

    def wants(self, context: CallContext) -> bool:
        return self._sampling.takes_call(context)

    def record(self, call: TracedCall) -> None:
        if call.heard is None or not self.wants(call.entry.context):
            return
        size = _size(call)
        if self._held + size > _MOST_CHARACTERS:
            self.drop()
        elif self.add(call):
            self._held += size
            self._sizes.append(size)

    def _take(self, count: int) -> None:
        for _ in range(count):
            self._held -= self._sizes.popleft()
        super()._take(count)

    async def _store(self, batch: Sequence[TracedCall]) -> None:
        turns = await asyncio.to_thread(self._tell, batch)
        async with self._database.begin(EVERY_TENANT) as unit:
            await Outbox(unit).add(turns, due=self._clock() + self._settle)

    def _tell(self, batch: Sequence[TracedCall]) -> list[ToldTurn]:
        """Each turn once, with all of its calls."""
        turns: dict[UUID, ToldTurn] = {}
        for call in batch:
            turn = told(call, redact_limits=self._redact_limits)
            before = turns.get(turn.id)
            calls = {**before.calls, **turn.calls} if before else turn.calls
            turns[turn.id] = replace(before or turn, calls=calls)
        return [*turns.values()]


class Endings:
    """What follows when a run ends: its outcome is told, once its turns are."""

    def __init__(self, sampling: Sampling, clock: Clock, *, settle: float) -> None:
        self._sampling = sampling
        self._clock = clock
        self._settle = timedelta(seconds=_AFTER_ITS_TURNS + settle)

    def follows(self, tenant_id: str) -> bool:  # noqa: ARG002  # every tenant's runs are told of
        return True

    async def ended(self, unit: UnitOfWork, run_id: UUID) -> None:
        if self._sampling.takes(run_id):
            now = self._clock()
            await add_outcome(unit, run_id, now=now, due=now + self._settle)


def _size(call: TracedCall) -> int:
    said = sum(len(message.content) for message in call.request.messages)
    return said + _CHARACTERS_OF_A_TOKEN * call.entry.usage.completion_tokens


def _id_of(call: TracedCall) -> str:
    return str(call.entry.id)

"""Writing to a room's log: events, what they change, and word to whoever waits, as one."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from app.db import Notifications, UnitOfWork
from app.kit.ids import new_id
from app.negotiation.events import AnyEvent, Decided, Outcome, RoundStarted, RunEnded, Verdict
from app.negotiation.models import Run
from app.negotiation.repository import Market, Overtaken

Timed = tuple[AnyEvent, datetime]

_ATTEMPTS = 10

T = TypeVar("T")

SESSION_DELETED = "the session was deleted"
"""The reason of a decision that nobody took."""

GONE = -1
"""The position that tells a room's waiters that there is no room any more."""


def topic(room_id: UUID) -> str:
    return f"room:{room_id}"


class Aftermath(Protocol):
    """What follows when a run ends, in the transaction of its last event."""

    def follows(self, tenant_id: str) -> bool:
        """Whether there is anything. Asked at every end: it costs nothing."""
        ...

    async def ended(self, unit: UnitOfWork, run_id: UUID) -> None:
        """Writes it, on the driver's own connection."""
        ...


class Aftermaths:
    """Several as one."""

    def __init__(self, *aftermaths: Aftermath | None) -> None:
        self._parts = [part for part in aftermaths if part is not None]

    def follows(self, tenant_id: str) -> bool:
        return any(part.follows(tenant_id) for part in self._parts)

    async def ended(self, unit: UnitOfWork, run_id: UUID) -> None:
        for part in self._parts:
            if part.follows(unit.tenant_id):
                await part.ended(unit, run_id)


class Journal:
    """Without an `aftermath` a run's end is its last event and no more."""

    def __init__(self, notifications: Notifications, aftermath: Aftermath | None = None) -> None:
        self._notifications = notifications
        self._aftermath = aftermath

    def needs_transaction(self, tenant_id: str, events: Sequence[Timed]) -> bool:
        """Whether `write` takes more than one statement for these."""
        return self._following(tenant_id, events) is not None

    async def write(self, unit: UnitOfWork, run: Run, after: int, events: Sequence[Timed]) -> int:
        """Appends `events` after the place `after`; returns the last place they took. When they end
        the run, its aftermath is written too.

        Raises `Overtaken` when the log has grown since it was read, or is gone.
        """
        last = await self._append(unit, run, after, events)
        aftermath = self._following(unit.tenant_id, events)
        if aftermath is not None:
            await aftermath.ended(unit, run.id)
        return last

    def _following(self, tenant_id: str, events: Sequence[Timed]) -> Aftermath | None:
        if self._aftermath is None or not any(isinstance(event, RunEnded) for event, _ in events):
            return None
        return self._aftermath if self._aftermath.follows(tenant_id) else None

    async def _append(self, unit: UnitOfWork, run: Run, after: int, events: Sequence[Timed]) -> int:
        last = after + len(events)
        notice = self._notifications.notice(unit, topic(run.room_id), last)
        await Market(unit).append(run.room_id, run.id, after, events, notice)
        return last

    async def abandon(self, unit: UnitOfWork, room_id: UUID, now: datetime) -> None:
        """Ends the room's run, if it has one that runs, since the room is about to go. Nothing
        follows: there is nothing left to look back on."""
        market = Market(unit)
        run = await market.get_active_run(room_id)
        if run is None:
            return
        log = await market.events_after(room_id, run.after_seq)
        last_round = max(
            (e.event.round for e in log if isinstance(e.event, RoundStarted)), default=0
        )
        decision = Decided(
            outcome_id=new_id(),
            verdict=Verdict.NO_DEAL,
            reason=SESSION_DELETED,
            round=last_round,
        )
        end = ending(decision, run, failed=True, now=now)
        after = log[-1].seq if log else run.after_seq
        await self._append(unit, run, after, [(decision, now), (end, now)])

    async def announce_gone(self, unit: UnitOfWork, room_id: UUID) -> None:
        """Tells whoever waits for the room that it is no more."""
        await self._notifications.publish(unit, topic(room_id), GONE)


def ending(decision: Decided, run: Run, *, failed: bool, now: datetime) -> RunEnded:
    """The last event of a run, in the terms of its decision."""
    if decision.verdict is Verdict.ACCEPT:
        outcome = Outcome.DEAL
    else:
        outcome = Outcome.ABORTED if failed else Outcome.NO_DEAL
    return RunEnded(
        outcome=outcome,
        rounds=decision.round,
        seconds=max(0.0, round((now - run.started_at).total_seconds(), 6)),
        seller_id=decision.seller_id,
        terms=decision.terms,
        reason=decision.reason,
    )


async def unless_overtaken(attempt: Callable[[], Awaitable[T]]) -> T:
    """Makes an attempt that reads a log and then writes to it, again when somebody else wrote in
    between: a run writes a few times a second, so one of a handful of attempts fits between."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await attempt()
        except Overtaken:
            continue
    return await attempt()

"""One write of many logs, with what it means for each of them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import exc

from app.chat.events import Broke, Finished, payload
from app.chat.generations.feed import Numbered
from app.chat.generations.log import Entry, GenerationLog, ends
from app.chat.generations.repository import Generations
from app.db import EVERY_TENANT, Database, Notifications, UnitOfWork
from app.kit.deadline import within
from app.kit.json import dumps

log = structlog.get_logger()

AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    OSError,
)
"""What the way to the database may raise. The built-in time-out is an `OSError`."""

_WRITE_SECONDS = 5.0
_REST_OF_LOG = 10_000
_UNSTORABLE = Broke(
    error_code="INTERNAL_ERROR",
    message="the answer couldn't be stored, and was broken off",
    retryable=False,
)

Logs = Sequence[GenerationLog]


def host_topic(host_id: UUID) -> str:
    """Where a host tells that logs of its generations have grown."""
    return f"generations:{host_id}"


class Store:
    """What is written twice is found out and taken for once: so whoever doesn't hear back from a
    write may try again."""

    def __init__(self, database: Database, notifications: Notifications, host_id: UUID) -> None:
        self._database = database
        self._notifications = notifications
        self._host_id = host_id
        self._count = 0

    async def write(self, logs: Logs) -> None:
        """Writes what each has taken, none of which ends its log. Raises one of `AWAY`, and then
        some may be written."""
        if logs:
            await self._write(EVERY_TENANT, logs)

    async def end(self, logs: Logs) -> None:
        """The same for logs of one tenant that end with what they have taken, with all that their
        end means, in one transaction."""
        await self._write(logs[0].tenant_id, logs)

    async def _write(self, tenant_id: str, logs: Logs) -> None:
        """Halves what is refused until the log at fault stands alone."""
        try:
            left_out = await within(_WRITE_SECONDS, self._insert(tenant_id, logs))
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  # logged where one log is at fault
            if len(logs) == 1:
                await self._refused(logs[0], error)
                return
            middle = len(logs) // 2
            await self._write(tenant_id, logs[:middle])
            await self._write(tenant_id, logs[middle:])
            return
        for each in logs:
            if each.generation_id in left_out:
                await self._settle(each)
            else:
                each.stored()

    async def _insert(self, tenant_id: str, logs: Logs) -> set[UUID]:
        """Returns whose were left out, since they run here no longer."""
        if tenant_id != EVERY_TENANT:
            async with self._database.begin(tenant_id) as unit:
                left_out = await self._append(unit, logs, last=True)
                await _close(unit, [each for each in logs if each.generation_id not in left_out])
            return left_out
        async with self._database.statement(tenant_id) as unit:
            return await self._append(unit, logs)

    async def _append(self, unit: UnitOfWork, logs: Logs, *, last: bool = False) -> set[UUID]:
        self._count += 1
        notice = self._notifications.notice(unit, host_topic(self._host_id), self._count)
        batches = {each.generation_id: each.take() for each in logs}
        return await Generations(unit).append(batches, self._host_id, notice, last=last)

    async def _refused(self, at_fault: GenerationLog, error: Exception) -> None:
        """What is done at its end is left out first, then what it said last."""
        if isinstance(error, psycopg.IntegrityError) and await self._settle(at_fault):
            return
        log.error("generation.refused", id=str(at_fault.generation_id), exc_info=error)
        entries = at_fault.take()
        if at_fault.ended is not None and ends(entries):
            at_fault.ended = None
        elif entries[-1].event != _UNSTORABLE:
            at_fault.spoil(_UNSTORABLE)
        else:
            at_fault.lost([])

    async def _settle(self, mine: GenerationLog) -> bool:
        """Where places are taken: by a write of ours that we didn't hear back from, or by whoever
        took the generation for lost. The table tells. False when they are free."""
        taken = mine.take()
        async with self._database.read(mine.tenant_id) as unit:
            generations = Generations(unit)
            news = await generations.events(mine.generation_id, mine.feed.end, _REST_OF_LOG)
            gone = await generations.get(mine.generation_id) is None
        if not news and not gone:
            return False
        if _written(news[: len(taken)]) == _written(taken):
            mine.stored()
        else:
            log.warning("generation.overtaken", id=str(mine.generation_id))
            mine.lost(news)
        return True


async def _close(unit: UnitOfWork, logs: Logs) -> None:
    await Generations(unit).close({each.generation_id: each.ending for each in logs})
    for each in logs:
        last = each.take()[-1].event
        if each.ended is not None and isinstance(last, Finished | Broke):
            await each.ended(unit, last)


def _written(entries: Iterable[Entry | Numbered]) -> list[tuple[int, str, bytes]]:
    """As the table has it, where an amount is a number."""
    return [(each.seq, each.event.type, dumps(payload(each.event))) for each in entries]

"""Keeps the clips within their bound, and files and rows in step."""

from datetime import timedelta

import structlog

from app.db import EVERY_TENANT, Database
from app.kit.clock import Clock
from app.voice.clips.repository import ClipRows
from app.voice.clips.store import ClipStore

log = structlog.get_logger()

_SETTLED = timedelta(hours=1)
"""What is younger may be on its way: a file is written before its row."""
_PAGE = 500


class Housekeeping:
    def __init__(self, database: Database, store: ClipStore, clock: Clock, *, bound: int) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._bound = bound

    async def evict(self) -> int:
        """Removes the least recently heard beyond the bound; returns how many."""
        async with self._database.begin(EVERY_TENANT) as unit:
            keys = list(await ClipRows(unit).evict(self._bound))
        await self._store.delete(keys)
        return len(keys)

    async def tidy(self) -> None:
        """The same, and removes files without a row and rows without a file."""
        evicted = await self.evict()
        strays, present = await self._strays()
        lost = await self._lost(present)
        if evicted or strays or lost:
            log.info("voice.tidied", evicted=evicted, files=strays, rows=lost)

    async def _strays(self) -> tuple[int, set[str]]:
        """How many files had no row, and the keys of the others."""
        settled, count, present = self._clock() - _SETTLED, 0, set[str]()
        async for page in self._store.all():
            keys = [found.key for found in page]
            async with self._database.read(EVERY_TENANT) as unit:
                known = await ClipRows(unit).known(keys)
            strays = [
                found.key for found in page if found.key not in known and found.changed_at < settled
            ]
            await self._store.delete(strays)
            count, present = count + len(strays), present | known
        return count, present

    async def _lost(self, present: set[str]) -> int:
        """Removes the rows of settled clips that aren't `present`."""
        count, after, settled = 0, "", self._clock() - _SETTLED
        while True:
            async with self._database.begin(EVERY_TENANT) as unit:
                rows = ClipRows(unit)
                keys = await rows.page(after, _PAGE, made_before=settled)
                lost = [key for key in keys if key not in present]
                if lost:
                    await rows.delete(lost)
            count += len(lost)
            if len(keys) < _PAGE:
                return count
            after = keys[-1]

"""How long the events of an answer are kept beside its message."""

from datetime import timedelta

import structlog

from app.chat.generations.repository import Generations
from app.db import EVERY_TENANT, Database
from app.kit.clock import Clock

log = structlog.get_logger()

_AT_ONCE = 500


class Folding:
    """Removes what lies between the first and the last event of logs that ended `hours` ago: what
    they said stands in their messages."""

    def __init__(self, database: Database, clock: Clock, *, hours: float) -> None:
        self._database = database
        self._clock = clock
        self._kept = timedelta(hours=hours)

    async def fold(self) -> int:
        """Returns how many logs there were, of every tenant."""
        now = self._clock()
        total, count = 0, _AT_ONCE
        while count == _AT_ONCE:
            async with self._database.statement(EVERY_TENANT) as unit:
                count = await Generations(unit).fold(now - self._kept, now, _AT_ONCE)
            total += count
        async with self._database.statement(EVERY_TENANT) as unit:
            strays = await Generations(unit).forget_strays()
        log.info("generations.folded", count=total, strays=strays)
        return total

"""How long the logs of deleted sessions are kept."""

from datetime import datetime, timedelta

import structlog

from app.db import EVERY_TENANT, Database
from app.kit.clock import Clock
from app.negotiation.repository import Market

log = structlog.get_logger()


class Retention:
    def __init__(self, database: Database, clock: Clock, *, days: int) -> None:
        self._database = database
        self._clock = clock
        self._kept = timedelta(days=days)

    def expires_at(self) -> datetime:
        """When a log that is put away now may be forgotten."""
        return self._clock() + self._kept

    async def expire(self) -> None:
        async with self._database.begin(EVERY_TENANT) as unit:
            count = await Market(unit).delete_expired_logs(self._clock())
        log.info("logs.expired", count=count)

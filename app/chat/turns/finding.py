"""Has models found where none is known yet, as on the first day of a local server."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.db import DATABASE_ERRORS
from app.kit.deadline import within

log = structlog.get_logger()

Discover = Callable[[], Awaitable[object]]

_SECONDS = 20.0
_PAUSE_SECONDS = 60.0


class ModelFinding:
    """Asks the providers, at most once a minute; the catalogue is refreshed by the hour anyway."""

    def __init__(self, discover: Discover) -> None:
        self._discover = discover
        self._next = float("-inf")

    async def look(self) -> bool:
        """Whether anybody was asked just now; then another look into the catalogue is worth it."""
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return False
        self._next = now + _PAUSE_SECONDS
        try:
            await within(_SECONDS, self._discover())
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.warning("models.not_found", error=type(error).__name__)
            return False
        return True

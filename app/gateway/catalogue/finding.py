"""Has models found where none is known yet, as on the first day of a local server."""

import asyncio

import structlog

from app.db import DATABASE_ERRORS
from app.gateway.catalogue.discovery import Discovery
from app.kit.deadline import within

log = structlog.get_logger()

_SECONDS = 20.0
_PAUSE_SECONDS = 60.0


class ModelFinding:
    """Asks the providers, at most once a minute; the catalogue is refreshed by the hour anyway. Who
    comes while they are being asked waits for what they say."""

    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery
        self._next = float("-inf")

    async def look(self) -> bool:
        """Whether anybody was asked just now; then another look into the catalogue is worth it."""
        if not self._is_worth_it():
            return False
        try:
            await within(_SECONDS, asyncio.shield(self._discovery.begin()))
        except (*DATABASE_ERRORS, OSError) as error:
            log.warning("models.not_found", error=type(error).__name__)
            return False
        return True

    def _is_worth_it(self) -> bool:
        if self._discovery.under_way:
            return True
        now = asyncio.get_running_loop().time()
        if not self._discovery.providers or now < self._next:
            return False
        self._next = now + _PAUSE_SECONDS
        return True

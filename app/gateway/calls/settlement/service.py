"""Asks providers what calls cost that nobody heard out, and corrects ledger and budgets by it.

A stream that the caller left is only a guess in the ledger: its count of tokens never came, and
some vendors go on working, and charging, after everybody hung up. What is still to be asked stands
in the rows themselves, so a process that dies leaves nothing undone.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.gateway.budgets.repository import Spending
from app.gateway.calls.settlement.correction import correct, unsettled
from app.gateway.calls.settlement.repository import Due, Unsettled
from app.kit.clock import Clock
from app.kit.deadline import within
from app.llm import LLMError, Usage

log = structlog.get_logger()

Settled = Callable[[str, str], Awaitable[Usage]]
"""By provider and generation id: what the answer cost. Raises `LLMError`, within seconds, also
while that isn't known."""

_AT_ONCE = 10
_TIMEOUT = 10.0
_AWAY = (*DATABASE_ERRORS, OSError)


class Settlement:
    """Looks every `interval` seconds for calls that are due, and asks about ten at a time."""

    def __init__(
        self, database: Database, settled: Settled, clock: Clock, *, interval: float = 5.0
    ) -> None:
        self._database = database
        self._settled = settled
        self._clock = clock
        self._interval = interval

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await self.look() == _AT_ONCE:
                    pass
            except _AWAY as error:
                log.warning("settlement.not_looked", error=type(error).__name__)
            await asyncio.sleep(self._interval)

    async def look(self) -> int:
        """Once; returns how many calls were asked about."""
        due = await within(_TIMEOUT, self._claim())
        async with asyncio.TaskGroup() as group:
            for call in due:
                group.create_task(self._settle(call))
        return len(due)

    async def _claim(self) -> list[Due]:
        async with self._database.begin(EVERY_TENANT) as unit:
            return await Unsettled(unit).claim(self._clock(), _AT_ONCE)

    async def _settle(self, call: Due) -> None:
        attempts = unsettled(call.attempts)
        told: dict[str, Usage] = {}
        for attempt in attempts:
            usage = await self._ask(attempt["provider"], attempt["generation_id"])
            if usage is not None:
                told[attempt["generation_id"]] = usage
        if call.settle_at is None and len(told) < len(attempts):
            log.warning("settlement.given_up", call=str(call.id))
        if told:
            try:
                await within(_TIMEOUT, self._correct(call, told))
            except _AWAY as error:
                log.warning("settlement.not_stored", error=type(error).__name__)

    async def _ask(self, provider: str, generation_id: str) -> Usage | None:
        try:
            return await self._settled(provider, generation_id)
        except LLMError as error:
            log.debug("settlement.not_yet", provider=provider, reason=error.message)
            return None

    async def _correct(self, call: Due, told: dict[str, Usage]) -> None:
        """The row and the budgets it counts in: both, or neither."""
        async with self._database.begin(EVERY_TENANT) as unit:
            row = await Unsettled(unit).lock(call.id)
            if row is None:
                return
            more = correct(row, told)
            await Unsettled(unit).store()
            await Spending(unit).add(call.id, more)
        log.info("settlement.settled", call=str(call.id), usd=f"{more.usd:f}", tokens=more.tokens)

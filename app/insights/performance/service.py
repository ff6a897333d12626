"""Adds up how conversations did in a window."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import OperationalError

from app.db import Database
from app.insights.performance.errors import FiguresTooSlow
from app.insights.performance.figures import WHOLE, Tally
from app.insights.performance.recommendations import recommendations
from app.insights.performance.repository import Measurements
from app.insights.performance.schemas import PerformanceView, StepFigures
from app.insights.performance.window import Window, window
from app.kit.clock import Clock

_STATEMENT_CANCELLED = "57014"


class Performance:
    """`hurry` has the ledger write what waits, so that a call that has ended counts.
    `patience` is how many seconds each of the handful of queries may take."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        hurry: Callable[[], Awaitable[object]],
        patience: float = 5.0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._hurry = hurry
        self._patience = patience

    def window(self, since: str | None, until: str | None, step: str | None) -> Window:
        """Raises `WindowInvalid`."""
        return window(since, until, step, self._clock())

    async def report(self, tenant_id: str, asked: Window) -> bytes:
        """JSON of a `PerformanceView`. Raises `FiguresTooSlow`."""
        await self._hurry()
        tally = await self._tally(tenant_id, asked)
        # a thousand steps take a tenth of a second to write down
        return await asyncio.to_thread(_written, tally, asked)

    async def _tally(self, tenant_id: str, asked: Window) -> Tally:
        try:
            async with self._database.begin(tenant_id) as unit:
                measurements = Measurements(unit, asked)
                await measurements.begin(self._patience)
                return Tally(*await measurements.all())
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == _STATEMENT_CANCELLED:
                raise FiguresTooSlow(self._patience) from None
            raise


def _written(tally: Tally, asked: Window) -> bytes:
    whole = tally.figures(WHOLE, asked.hours)
    steps = [
        StepFigures(**dict(tally.figures(number, step.hours)), since=step.since, until=step.until)
        for number, step in enumerate(asked.steps())
    ]
    view = PerformanceView(
        **dict(whole),
        since=asked.since,
        until=asked.until,
        step_seconds=asked.step.total_seconds(),
        recommendations=recommendations(whole),
        steps=steps,
    )
    return view.model_dump_json(by_alias=True).encode()

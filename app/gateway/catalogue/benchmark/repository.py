"""Keeps results of benchmarks. Built on a unit of work."""

from collections.abc import Sequence

from app.db import UnitOfWork
from app.gateway.catalogue.models import BenchmarkRow


class Results:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def add(self, rows: Sequence[BenchmarkRow]) -> None:
        self._session.add_all(rows)
        await self._session.flush()

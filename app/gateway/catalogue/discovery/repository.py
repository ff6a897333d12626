"""Brings the catalogue to what a provider lists. Built on a unit of work."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, ColumnElement, Text, distinct, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import UnitOfWork
from app.gateway.catalogue.discovery.difference import Difference, Known
from app.gateway.catalogue.discovery.report import Outcome, Totals
from app.gateway.catalogue.models import BenchmarkRow, DiscoveryRow, ModelRow, PriceRow
from app.gateway.catalogue.repository import ADD_PRICES, PRICES, insert_rows
from app.gateway.catalogue.rows import model_row, price_row
from app.llm import ModelRef, Offer, Prices

_LOCK = (0x636174616C6F67,)
"""The key of the advisory lock ("catalog" in ASCII)."""
_PATIENCE = "SET LOCAL lock_timeout = '30s'"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
_WAIT_FOR_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_TICK = timedelta(microseconds=1)

_INSERT = insert_rows(ModelRow)
_NEW = _INSERT.excluded
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=["provider", "model"],
    set_={
        **{c.key: c for c in _NEW if c.key not in ("provider", "model", "first_seen")},
        # Clocks of several machines differ: what is said to come later, comes later.
        "last_seen": func.greatest(_NEW.last_seen, ModelRow.first_seen),
    },
)


class Flight:
    """One discovery at a time, in whichever process: held by a transaction until it ends. On the
    driver's own connections, since the discovery needs the others to write."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def board(self) -> bool:
        """Waits until no other is under way; False when there was one to wait for. Raises
        `psycopg.OperationalError` when that one doesn't end."""
        connection = await self._unit.psycopg()
        tried = await (await connection.execute(_TRY_LOCK, _LOCK)).fetchone()
        if tried == (True,):
            return True
        await connection.execute(_PATIENCE)
        await connection.execute(_WAIT_FOR_LOCK, _LOCK)
        return False


class Listings:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def known(self, provider: str) -> Known:
        models = await self._session.execute(
            select(ModelRow.model, ModelRow.retired_at).where(ModelRow.provider == provider)
        )
        retired_at = {row.model: row.retired_at for row in models}
        prices = await self._session.execute(
            select(PriceRow.model, *PRICES).where(
                PriceRow.provider == provider, PriceRow.valid_until.is_(None)
            )
        )
        return Known(
            models=frozenset(retired_at),
            retired=frozenset(model for model, moment in retired_at.items() if moment),
            prices={model: Prices(*amounts) for model, *amounts in prices},
        )

    async def write(
        self, provider: str, offers: Sequence[Offer], difference: Difference, now: datetime
    ) -> None:
        rows = [model_row(offer.facts, now, seen=True, raw=offer.raw) for offer in offers]
        await self._session.execute(_UPSERT, {"rows": rows})
        await self._retire(provider, difference.retired, now)
        await self._reprice(provider, difference, now)

    async def note(self, outcome: Outcome) -> None:
        """Keeps how asking a provider went, in place of how it went before."""
        row = asdict(outcome)
        added = insert(DiscoveryRow).values(row)
        await self._session.execute(
            added.on_conflict_do_update(index_elements=["provider"], set_=row)
        )

    async def outcomes(self, providers: Iterable[str]) -> tuple[Outcome, ...]:
        """The last of each provider."""
        asked = select(DiscoveryRow).where(DiscoveryRow.provider == _any(providers))
        found = await self._session.scalars(asked.order_by(DiscoveryRow.provider))
        return tuple(_outcome(row) for row in found)

    async def totals(self) -> Totals:
        tested = select(BenchmarkRow.provider, BenchmarkRow.model).distinct().subquery()
        query = (
            select(
                func.count(),
                func.count().filter(ModelRow.free),
                func.count(distinct(ModelRow.provider)),
                func.count(tested.c.model),
            )
            .select_from(ModelRow)
            .outerjoin(
                tested,
                (tested.c.provider == ModelRow.provider) & (tested.c.model == ModelRow.model),
            )
            .where(ModelRow.retired_at.is_(None))
        )
        return Totals(*(await self._session.execute(query)).one())

    async def _retire(self, provider: str, models: Iterable[str], now: datetime) -> None:
        await self._session.execute(
            update(ModelRow)
            .where(ModelRow.provider == provider, ModelRow.model == _any(models))
            .values(retired_at=func.greatest(now, ModelRow.first_seen), loaded=None)
        )

    async def _reprice(self, provider: str, difference: Difference, now: datetime) -> None:
        ended = await self._session.execute(
            update(PriceRow)
            .where(
                PriceRow.provider == provider,
                PriceRow.model == _any(difference.repriced),
                PriceRow.valid_until.is_(None),
            )
            .values(valid_until=func.greatest(now, PriceRow.valid_from + _TICK))
            .returning(PriceRow.model, PriceRow.valid_until)
        )
        since = {model: moment or now for model, moment in ended}
        rows = [
            price_row(ModelRef(provider, model), prices, since.get(model, now))
            for model, prices in difference.repriced.items()
        ]
        if rows:
            await self._session.execute(ADD_PRICES, {"rows": rows})


def _any(names: Iterable[str]) -> ColumnElement[str]:
    return func.any(literal(sorted(names), ARRAY(Text)))


def _outcome(row: DiscoveryRow) -> Outcome:
    return Outcome(
        provider=row.provider,
        at=row.at,
        error=row.error,
        listed=row.listed,
        skipped=row.skipped,
        added=row.added,
        retired=row.retired,
        returned=row.returned,
        repriced=row.repriced,
    )

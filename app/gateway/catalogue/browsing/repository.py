"""Finds models by what is wanted of them. Built on a unit of work."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from app.db import UnitOfWork
from app.gateway.catalogue.browsing.wanted import Sort, Status, Wanted
from app.gateway.catalogue.models import BenchmarkRow, ModelRow, PriceRow
from app.gateway.catalogue.repository import BENCHMARK_OF, BENCHMARKED, PRICED_NOW, PRICES
from app.kit.frozen import frozen
from app.llm import EVIDENCE, USUAL_CALL, ModelRef, Prices

_MILLION = Decimal(1_000_000)
_EVERY_MODEL = (
    select(
        ModelRow,
        *PRICES,
        BENCHMARKED.c.quality,
        BENCHMARKED.c.first_token_ms,
        BENCHMARKED.c.tokens_per_second,
        BENCHMARKED.c.at,
    )
    .outerjoin(PriceRow, PRICED_NOW)
    .outerjoin(BENCHMARKED, BENCHMARK_OF)
)
_PER_REQUEST = func.coalesce(PriceRow.request, 0)
_USUAL_PRICE = (
    PriceRow.prompt * USUAL_CALL.prompt_tokens
    + PriceRow.completion * USUAL_CALL.completion_tokens
    + _PER_REQUEST
)
_BY_ID = (ModelRow.model, ModelRow.provider)
_ORDERS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.ID: (),
    Sort.PRICE: (_USUAL_PRICE.asc().nulls_last(),),
    Sort.CONTEXT: (ModelRow.context_length.desc().nulls_last(),),
    Sort.NEWEST: (ModelRow.first_seen.desc(),),
    Sort.QUALITY: (BENCHMARKED.c.quality.desc().nulls_last(),),
}


@frozen
class Results:
    """Of a model's benchmarks, the newest of each kind of task taken together."""

    quality: float
    first_token_ms: int | None
    tokens_per_second: float | None
    at: datetime


@frozen
class KeptModel:
    row: ModelRow
    prices: Prices
    results: Results | None


class Shelf:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def find(self, wanted: Wanted) -> tuple[list[KeptModel], int]:
        """One page, and how many there are in all."""
        rules = list(_rules(wanted))
        page = (
            _EVERY_MODEL.where(*rules)
            .order_by(*_ORDERS[wanted.sort], *_BY_ID)
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        found = [_kept(row) for row in await self._session.execute(page)]
        counted = select(func.count()).select_from(ModelRow).outerjoin(PriceRow, PRICED_NOW)
        return found, await self._session.scalar(counted.where(*rules)) or 0

    async def named(self, names: Sequence[tuple[str | None, str]]) -> list[KeptModel]:
        """The models of any of these `(provider or None, id)`, active ones first."""
        rules = [
            and_(ModelRow.model == model, *([ModelRow.provider == provider] if provider else []))
            for provider, model in names
        ]
        found = _EVERY_MODEL.where(or_(*rules)).order_by(ModelRow.retired_at.is_not(None), *_BY_ID)
        return [_kept(row) for row in await self._session.execute(found)]

    async def prices(self, ref: ModelRef, limit: int = 100) -> list[PriceRow]:
        """What it cost over time, the newest first."""
        query = (
            select(PriceRow)
            .where(PriceRow.provider == ref.provider, PriceRow.model == ref.model)
            .order_by(PriceRow.valid_from.desc())
            .limit(limit)
        )
        return list(await self._session.scalars(query))

    async def benchmarks(self, ref: ModelRef, limit: int = 100) -> list[BenchmarkRow]:
        """The newest first."""
        query = (
            select(BenchmarkRow)
            .where(BenchmarkRow.provider == ref.provider, BenchmarkRow.model == ref.model)
            .order_by(BenchmarkRow.at.desc(), BenchmarkRow.task)
            .limit(limit)
        )
        return list(await self._session.scalars(query))


def _rules(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.provider is not None:
        yield ModelRow.provider == wanted.provider
    if wanted.free is not None:
        yield ModelRow.free.is_(wanted.free)
    if wanted.min_context is not None:
        yield ModelRow.context_length >= wanted.min_context
    if wanted.max_price is not None:
        yield PriceRow.prompt <= wanted.max_price / _MILLION
        yield PriceRow.completion <= wanted.max_price / _MILLION
        yield _PER_REQUEST == 0
    if wanted.status is not None:
        retired = ModelRow.retired_at.is_not(None)
        yield retired if wanted.status is Status.RETIRED else ~retired
    if wanted.search:
        yield or_(
            ModelRow.model.icontains(wanted.search, autoescape=True),
            ModelRow.name.icontains(wanted.search, autoescape=True),
        )
    for capability in wanted.capabilities:
        field, any_of = EVIDENCE[capability]
        yield getattr(ModelRow, field).overlap(sorted(any_of))


def _kept(row: Row[Any]) -> KeptModel:
    results = None
    if row.quality is not None:
        first_token_ms = None if row.first_token_ms is None else round(row.first_token_ms)
        results = Results(row.quality, first_token_ms, row.tokens_per_second, row.at)
    prices = Prices(
        row.prompt, row.completion, row.cache_read, row.cache_write, row.request, row.image
    )
    return KeptModel(row[0], prices, results)

"""The catalogue as a whole, written once and read at every change. Built on a unit of work."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, distinct_on, insert

from app.db import Model, Query, UnitOfWork
from app.gateway.catalogue.models import BenchmarkRow, ModelRow, PriceRow
from app.gateway.catalogue.rows import model_row, price_row
from app.llm import Catalogue, ModelFacts, ModelRef, Prices


def insert_rows(model: type[Model]) -> Insert:
    """Inserts the bound parameter `rows`, one JSON array: a thousand of them hold up the event loop
    for a few milliseconds, where a list of values takes half a second."""
    table = model.metadata.tables[model.__tablename__]
    rows = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(*table.columns)
        .render_derived(with_types=True)
    )
    return insert(table).from_select(table.columns.keys(), select(*rows.c))


_SEED = insert_rows(ModelRow).on_conflict_do_nothing().returning(ModelRow.provider, ModelRow.model)
ADD_PRICES = insert_rows(PriceRow)
PRICES = (
    PriceRow.prompt,
    PriceRow.completion,
    PriceRow.cache_read,
    PriceRow.cache_write,
    PriceRow.request,
    PriceRow.image,
)
PRICED_NOW = and_(
    PriceRow.provider == ModelRow.provider,
    PriceRow.model == ModelRow.model,
    PriceRow.valid_until.is_(None),
)

_LATEST = (
    select(BenchmarkRow)
    .where(BenchmarkRow.score.is_not(None))
    .ext(distinct_on(BenchmarkRow.provider, BenchmarkRow.model, BenchmarkRow.task))
    .order_by(BenchmarkRow.provider, BenchmarkRow.model, BenchmarkRow.task, BenchmarkRow.at.desc())
    .subquery()
)
BENCHMARKED = (
    select(
        _LATEST.c.provider,
        _LATEST.c.model,
        func.avg(_LATEST.c.score).label("quality"),
        func.avg(_LATEST.c.first_token_ms).label("first_token_ms"),
        func.avg(_LATEST.c.tokens_per_second).label("tokens_per_second"),
        func.max(_LATEST.c.at).label("at"),
    )
    .group_by(_LATEST.c.provider, _LATEST.c.model)
    .subquery()
)
"""Per model, the newest result of each kind of task taken together."""
BENCHMARK_OF = and_(
    BENCHMARKED.c.provider == ModelRow.provider, BENCHMARKED.c.model == ModelRow.model
)

_WHOLE = Query(
    select(
        ModelRow.provider,
        ModelRow.model,
        ModelRow.name,
        ModelRow.context_length,
        ModelRow.max_output,
        ModelRow.input_modalities,
        ModelRow.output_modalities,
        ModelRow.parameters,
        ModelRow.free,
        ModelRow.source,
        ModelRow.retired_at,
        ModelRow.loaded,
        *PRICES,
        BENCHMARKED.c.quality,
    )
    .outerjoin(PriceRow, PRICED_NOW)
    .outerjoin(BENCHMARKED, BENCHMARK_OF)
    .order_by(ModelRow.provider, ModelRow.model)
)


class Models:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def add_missing(self, facts: Iterable[ModelFacts], now: datetime) -> int:
        """Adds those that the catalogue has never had, with their prices; returns how many."""
        by_ref = {each.ref: each for each in facts}
        rows = [model_row(by_ref[ref], now, seen=False) for ref in sorted(by_ref, key=str)]
        added = (await self._unit.session.execute(_SEED, {"rows": rows})).all()
        refs = [ModelRef(provider, model) for provider, model in added]
        priced = [ref for ref in refs if by_ref[ref].prices != Prices()]
        if priced:
            prices = [price_row(ref, by_ref[ref].prices, now) for ref in priced]
            await self._unit.session.execute(ADD_PRICES, {"rows": prices})
        return len(refs)

    async def all(self) -> Catalogue:
        """Put together in a thread: thousands of models would hold up the event loop."""
        return await asyncio.to_thread(_catalogue, await _WHOLE.rows(self._unit))


def _catalogue(rows: Iterable[tuple[Any, ...]]) -> Catalogue:
    return Catalogue(map(_facts, rows))


def _facts(row: tuple[Any, ...]) -> ModelFacts:
    """From the columns of `_WHOLE`."""
    provider, model, name, context_length, max_output, takes, gives, parameters, *more = row
    free, source, retired_at, loaded, *amounts, quality = more
    return ModelFacts(
        ref=ModelRef(provider, model),
        name=name,
        context_length=context_length,
        max_output=max_output,
        input_modalities=frozenset(takes),
        output_modalities=frozenset(gives),
        parameters=frozenset(parameters),
        prices=Prices(*amounts),
        free=free,
        source=source,
        retired=retired_at is not None,
        loaded=loaded,
        quality=quality,
    )

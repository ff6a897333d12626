"""Queries that SQLAlchemy writes, once, and the driver runs: for what is asked at every turn."""

from collections import namedtuple
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVarTuple, cast

from psycopg import sql
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.db.unit_of_work import UnitOfWork

Ts = TypeVarTuple("Ts")

Values = tuple[Any, ...]
Part = tuple[int, Callable[[Values], Any]]


class Query(Generic[*Ts]):
    """A `select` of tables and columns, with a `bindparam` for each of its parameters.

    A table comes back as a record with the attributes of its class, which no session knows: making
    an instance would cost more than the query. It is None for the missing side of an outer join.
    """

    def __init__(self, statement: "Select[*Ts]") -> None:
        self._statement = statement

    @cached_property
    def _text(self) -> str:
        """Written when it is first asked: most processes never ask most of them."""
        return str(self._statement.compile(dialect=PGDialect_psycopg()))  # type: ignore[no-untyped-call]

    @cached_property
    def _parts(self) -> list[Part]:
        return [_part(described["expr"]) for described in self._statement.column_descriptions]

    async def rows(self, unit: UnitOfWork, **parameters: object) -> list[tuple[*Ts]]:
        connection = await unit.psycopg()
        cursor = await connection.execute(cast("sql.SQL", self._text), parameters)
        return [self._row(values) for values in await cursor.fetchall()]

    def _row(self, values: Values) -> tuple[*Ts]:
        row, start = [], 0
        for width, make in self._parts:
            row.append(make(values[start : start + width]))
            start += width
        return cast("tuple[*Ts]", tuple(row))


def _part(expression: Any) -> Part:
    """How many of a row's values a part takes, and what it makes of them."""
    mapper = getattr(expression, "__mapper__", None)
    if mapper is None:
        return 1, lambda values: values[0]
    names = [mapper.get_property_by_column(column).key for column in mapper.columns]
    record = namedtuple(expression.__name__, names)  # type: ignore[misc]  # noqa: PYI024  # known when it runs

    def make(values: Values) -> Any:
        return None if all(value is None for value in values) else record._make(values)

    return len(names), make

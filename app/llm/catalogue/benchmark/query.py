"""Runs a model's query where it can do no harm: on a few rows in SQLite's memory, selecting only,
for a bounded number of steps."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

_STEPS = 1000
_MOST_CHECKS = 200
_MOST_ROWS = 100
_LONGEST = 2000
_FUNCTIONS = frozenset(
    {"abs", "avg", "coalesce", "count", "dense_rank", "ifnull", "length", "lower", "max", "min"}
    | {"nullif", "rank", "round", "row_number", "strftime", "substr", "sum", "total", "trim"}
    | {"upper"}
)
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


def rows_of(
    query: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[list[Any]] | None:
    """What `query` selects from `tables`; None when it can't be run."""
    if len(query) > _LONGEST:
        return None
    connection = sqlite3.connect(":memory:")
    try:
        for name, rows in tables.items():
            _fill(connection, name, rows)
        connection.set_authorizer(_authorize)
        connection.set_progress_handler(_patience(), _STEPS)
        return [list(row) for row in connection.execute(query).fetchmany(_MOST_ROWS)]
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError):
        return None
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = ", ".join(rows[0])
    places = ", ".join("?" for _ in rows[0])
    connection.execute(f"CREATE TABLE {name} ({columns})")
    connection.executemany(
        f"INSERT INTO {name} VALUES ({places})",  # noqa: S608  # from our own file
        [tuple(row.values()) for row in rows],
    )


def _authorize(action: int, _first: str | None, name: str | None, *_rest: str | None) -> int:
    called = action == sqlite3.SQLITE_FUNCTION and (name or "").lower() in _FUNCTIONS
    return sqlite3.SQLITE_OK if called or action in _ALLOWED else sqlite3.SQLITE_DENY


def _patience() -> Any:
    """Stops the query when it was asked too often."""
    left = iter(range(_MOST_CHECKS))
    return lambda: next(left, None) is None

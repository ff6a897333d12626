"""Every query of budgets. Built on a unit of work.

What was spent is changed only together with the ledger's rows, by `Spending`; what is reserved is
the sum of the reservations that are there. So neither can drift from what it stands for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.db import UnitOfWork
from app.gateway.budgets.budget import Budget, Period, Scope, Standing
from app.gateway.budgets.models import BudgetRow
from app.llm import Amount, ModelRequest

_IN_SCOPE = """
    (budget.tenant IS NULL OR budget.tenant = call.tenant_id)
    AND (budget.key_id IS NULL OR budget.key_id = call.key_id)
    AND (budget.task IS NULL OR budget.task = call.task)
"""

_SPENT = f"""
    SELECT budget.name, date_trunc(budget.period, call.created_at, 'UTC') AS starts_at,
        coalesce(call.cost_usd, 0) AS usd,
        call.prompt_tokens::bigint + call.completion_tokens AS tokens
    FROM llm_calls AS call JOIN llm_budgets AS budget ON {_IN_SCOPE}
"""  # noqa: S608  # of our own words

_ADD = """
    INSERT INTO llm_budget_spending AS spending (budget, starts_at, usd, tokens)
    SELECT name, starts_at, sum(usd), sum(tokens) FROM spent GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (budget, starts_at) DO UPDATE
    SET usd = spending.usd + excluded.usd, tokens = spending.tokens + excluded.tokens
"""

_SETTLE = text(f"""
    WITH spent AS ({_SPENT} WHERE call.id = ANY(:ids) FOR KEY SHARE OF budget) {_ADD}
""")
"""Keeps each budget from being deleted meanwhile: an amount that belongs to none would be refused,
and the ledger's rows with it."""

_CORRECT = text(f"""
    WITH spent AS (
        SELECT budget.name, date_trunc(budget.period, call.created_at, 'UTC') AS starts_at,
            CAST(:usd AS numeric) AS usd, CAST(:tokens AS bigint) AS tokens
        FROM llm_calls AS call JOIN llm_budgets AS budget ON {_IN_SCOPE}
        WHERE call.id = :id FOR KEY SHARE OF budget
    ) {_ADD}
""")  # noqa: S608  # of our own words

_ANY = text("SELECT EXISTS (SELECT FROM llm_budgets)")

_RELEASE = text("DELETE FROM llm_budget_reservations WHERE call_id = ANY(:ids)")

_EXPIRE = text("DELETE FROM llm_budget_reservations WHERE expires_at <= :now")

_NO_MORE_CALLS = text("LOCK TABLE llm_calls IN SHARE MODE")

_FORGET = text("DELETE FROM llm_budget_spending WHERE budget = :name")

_SUM_UP = text(f"""
    WITH spent AS ({_SPENT} WHERE budget.name = :name AND call.created_at >= :start) {_ADD}
""")

_STANDING = """
    SELECT budget.*, coalesce(spending.usd, 0) AS spent_usd,
        coalesce(spending.tokens, 0) AS spent_tokens,
        coalesce(held.usd, 0) AS reserved_usd, coalesce(held.tokens, 0) AS reserved_tokens
    FROM (
        SELECT *, date_trunc(period, %(at)s::timestamptz, 'UTC') AS starts_at FROM llm_budgets
    ) AS budget
    LEFT JOIN llm_budget_spending AS spending
        ON spending.budget = budget.name AND spending.starts_at = budget.starts_at
    LEFT JOIN LATERAL (
        SELECT sum(usd) AS usd, sum(tokens)::bigint AS tokens
        FROM llm_budget_reservations AS reservation
        WHERE reservation.budget = budget.name AND reservation.starts_at = budget.starts_at
            AND reservation.expires_at > %(now)s
            AND reservation.call_id IS DISTINCT FROM %(call_id)s::uuid
    ) AS held ON true
"""

_FIND = f"""{_STANDING}
    WHERE budget.name = %(name)s OR %(name)s::text IS NULL
    ORDER BY budget.name LIMIT %(limit)s OFFSET %(offset)s
"""

_CALL = """(
    SELECT %(tenant)s::text AS tenant_id, %(key_id)s::text AS key_id, %(task)s::text AS task
) AS call"""

_LOCK = f"""
    SELECT FROM llm_budgets AS budget, {_CALL}
    WHERE {_IN_SCOPE} ORDER BY budget.name FOR NO KEY UPDATE OF budget
"""
"""In the order of names, so that no two calls wait for each other."""

_RESERVE = f"""
    WITH applying AS (
        SELECT standing.* FROM ({_STANDING}) AS standing
        JOIN llm_budgets AS budget USING (name), {_CALL} WHERE {_IN_SCOPE}
    ), exceeded AS (
        SELECT * FROM applying
        WHERE (%(usd)s > 0 AND spent_usd + reserved_usd + %(usd)s > limit_usd)
            OR (%(tokens)s > 0 AND spent_tokens + reserved_tokens + %(tokens)s > limit_tokens)
    ), reserved AS (
        INSERT INTO llm_budget_reservations (call_id, budget, starts_at, usd, tokens, expires_at)
        SELECT %(call_id)s, name, starts_at, %(usd)s, %(tokens)s, %(expires_at)s FROM applying
        WHERE NOT EXISTS (SELECT FROM exceeded)
        ON CONFLICT (call_id, budget) DO UPDATE
        SET usd = excluded.usd, tokens = excluded.tokens, expires_at = excluded.expires_at
    )
    SELECT * FROM exceeded ORDER BY name
"""  # noqa: S608  # of our own words


class Budgets:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def put(self, budget: Budget, *, now: datetime) -> None:
        """Makes the budget, or changes it, and sums up what was spent in its period so far.

        Until the end of the transaction nobody writes to the ledger: a row comes before the sum,
        and is in it, or after, and then finds the budget.
        """
        session = self._unit.session
        await session.execute(_NO_MORE_CALLS)
        values = _columns(budget)
        row = insert(BudgetRow).values(name=budget.name, created_at=now, **values)
        await session.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
        await session.execute(_FORGET, {"name": budget.name})
        start = budget.period.start(now)
        await session.execute(_SUM_UP, {"name": budget.name, "start": start})

    async def delete(self, name: str) -> bool:
        """False when there is none of that name."""
        query = delete(BudgetRow).where(BudgetRow.name == name).returning(BudgetRow.name)
        return await self._unit.session.scalar(query) is not None

    async def all(self) -> list[Budget]:
        rows = await self._unit.session.scalars(select(BudgetRow).order_by(BudgetRow.name))
        return [_budget(vars(row)) for row in rows]

    async def count(self) -> int:
        return await self._unit.session.scalar(select(func.count()).select_from(BudgetRow)) or 0

    async def find(
        self, *, now: datetime, name: str | None = None, limit: int = 1, offset: int = 0
    ) -> list[Standing]:
        """How budgets stand in the period of `now`, by name: all of them, or the one called so."""
        parameters = {
            "at": now, "now": now, "call_id": None,
            "name": name, "limit": limit, "offset": offset,
        }  # fmt: skip
        connection = await self._unit.psycopg()
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_sql(_FIND), parameters)
            return [_standing(row) for row in await cursor.fetchall()]


class Spending:
    """What the ledger's rows do to budgets: in the transaction that writes them."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def settle(self, calls: Sequence[UUID]) -> None:
        """Adds what these calls cost, by their rows, to every budget they are in the scope of.

        Most services have none: to ask for that first costs less than to name all the calls.
        """
        if calls and await self._session.scalar(_ANY):
            await self._session.execute(_SETTLE, {"ids": [*calls]})

    async def add(self, call: UUID, more: Amount) -> None:
        """Adds what the call's row was just corrected by, or takes it away."""
        values = {"id": call, "usd": more.usd, "tokens": more.tokens}
        await self._session.execute(_CORRECT, values)

    async def release(self, reservations: Sequence[UUID]) -> None:
        if reservations:
            await self._session.execute(_RELEASE, {"ids": [*reservations]})

    async def expire(self, now: datetime) -> None:
        """Removes the reservations of calls whose row never came."""
        await self._session.execute(_EXPIRE, {"now": now})


class Reservations:
    """To be used with a unit of work that is no transaction: it makes one of its own."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def reserve(
        self,
        call_id: UUID,
        request: ModelRequest,
        most: Amount,
        *,
        at: datetime,
        now: datetime,
        expires_at: datetime,
    ) -> list[Standing]:
        """Holds `most` in every budget that applies, in the period of `at`, in place of what the
        call held before; or in none, and then returns those that haven't so much left.

        Both statements are sent at once, so that what is locked isn't locked for longer than it
        takes the database to decide.
        """
        parameters = {
            "call_id": call_id,
            "tenant": request.context.tenant_id,
            "key_id": request.context.key_id,
            "task": request.task.value,
            "usd": most.usd,
            "tokens": most.tokens,
            "at": at,
            "now": now,
            "expires_at": expires_at,
        }
        connection = await self._unit.psycopg()
        async with connection.cursor(row_factory=dict_row) as cursor:
            async with connection.pipeline(), connection.transaction():
                await connection.execute(_sql(_LOCK), parameters)
                await cursor.execute(_sql(_RESERVE), parameters)
            return [_standing(row) for row in await cursor.fetchall()]


def _sql(statement: str) -> sql.SQL:
    return cast("sql.SQL", statement)


def _columns(budget: Budget) -> dict[str, Any]:
    return {
        "tenant": budget.scope.tenant,
        "key_id": budget.scope.key_id,
        "task": budget.scope.task,
        "period": budget.period,
        "limit_usd": budget.usd,
        "limit_tokens": budget.tokens,
    }


def _budget(row: Mapping[str, Any]) -> Budget:
    return Budget(
        name=row["name"],
        scope=Scope(row["tenant"], row["key_id"], row["task"]),
        period=Period(row["period"]),
        usd=row["limit_usd"],
        tokens=row["limit_tokens"],
    )


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        budget=_budget(row),
        starts_at=row["starts_at"],
        spent=Amount(row["spent_usd"], row["spent_tokens"]),
        reserved=Amount(row["reserved_usd"], row["reserved_tokens"]),
    )

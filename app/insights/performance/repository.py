"""Every query of the performance figures. Built on a unit of work, whose tenant they are of.

Each reads its table once, by the index on tenant and time, for the whole window (`bin` is null) and
for each of its steps.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import TextClause, text

from app.db import UnitOfWork
from app.insights.performance.window import Window
from app.llm import Task

Row = Mapping[str, Any]

_OF_CONVERSATIONS = (Task.CHAT, Task.SUMMARY, Task.EXTRACTION, Task.EMBEDDING)

_BEGIN = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_LIMIT = text("SELECT set_config('statement_timeout', :milliseconds, true)")

_GENERATIONS = text("""
    SELECT bin, count(*) AS generations,
        count(*) FILTER (WHERE status <> 'running') AS ended,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        count(first_token_ms) AS first_token_count, avg(first_token_ms) AS first_token_mean,
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY first_token_ms)
            AS first_token_percentiles,
        count(answer_ms) AS answer_count, avg(answer_ms) AS answer_mean,
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY answer_ms)
            AS answer_percentiles,
        coalesce(sum(saved_tokens), 0) AS saved, coalesce(sum(prompt_tokens), 0) AS sent,
        count(relevance) AS relevance_count, avg(relevance) AS relevance_mean
    FROM (
        SELECT *, CASE WHEN status = 'done' THEN duration_ms END AS answer_ms,
            floor(extract(epoch FROM started_at - :since) / :seconds)::integer AS bin
        FROM generations
        WHERE tenant_id = :tenant_id AND started_at >= :since AND started_at < :until
    ) AS binned
    GROUP BY GROUPING SETS ((), (bin))
""")
_CALLS = text("""
    SELECT bin, coalesce(sum(prompt_tokens), 0) AS prompt_tokens,
        coalesce(sum(completion_tokens), 0) AS completion_tokens,
        coalesce(sum(cost_usd), 0) AS cost, count(*) FILTER (WHERE cost_usd IS NULL) AS unpriced,
        count(*) FILTER (WHERE task = 'chat' AND cache = 'hit') AS hits,
        count(*) FILTER (WHERE task = 'chat' AND cache = 'miss') AS misses,
        count(model_ms) AS model_count, avg(model_ms) AS model_mean,
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY model_ms)
            AS model_percentiles
    FROM (
        SELECT *,
            CASE WHEN task = 'chat' AND status = 'ok' AND cache <> 'hit' THEN latency_ms END
                AS model_ms,
            floor(extract(epoch FROM created_at - :since) / :seconds)::integer AS bin
        FROM llm_calls
        WHERE tenant_id = :tenant_id AND created_at >= :since AND created_at < :until
            AND task = ANY(:tasks)
    ) AS binned
    GROUP BY GROUPING SETS ((), (bin))
""")
_TIMINGS = text("""
    SELECT bin, part, count(ms) AS count, avg(ms) AS mean,
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY ms) AS percentiles
    FROM (
        SELECT part, ms, floor(extract(epoch FROM at - :since) / :seconds)::integer AS bin
        FROM chat_timings WHERE tenant_id = :tenant_id AND at >= :since AND at < :until
    ) AS binned
    GROUP BY GROUPING SETS ((part), (part, bin))
""")
_FEEDBACK = text("""
    SELECT bin, count(*) AS count, count(*) FILTER (WHERE thumb = 'up') AS up,
        count(*) FILTER (WHERE thumb = 'down') AS down, count(rating) AS ratings,
        avg(rating) AS mean_rating
    FROM (
        SELECT thumb, rating, floor(extract(epoch FROM updated_at - :since) / :seconds)::integer
            AS bin
        FROM message_feedback
        WHERE tenant_id = :tenant_id AND updated_at >= :since AND updated_at < :until
    ) AS binned
    GROUP BY GROUPING SETS ((), (bin))
""")
_CODES = text("""
    SELECT bin, kind, code, count(*) AS count
    FROM (
        SELECT notices, error_code,
            floor(extract(epoch FROM started_at - :since) / :seconds)::integer AS bin
        FROM generations
        WHERE tenant_id = :tenant_id AND started_at >= :since AND started_at < :until
            AND (notices <> '{}' OR error_code IS NOT NULL)
    ) AS binned, LATERAL (
        SELECT 'notice' AS kind, unnest(notices) AS code
        UNION ALL SELECT 'error', error_code WHERE error_code IS NOT NULL
    ) AS told
    GROUP BY GROUPING SETS ((kind, code), (kind, code, bin))
""")

QUERIES = (_GENERATIONS, _CALLS, _TIMINGS, _FEEDBACK, _CODES)


def parameters(tenant_id: str, window: Window) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "since": window.since,
        "until": window.until,
        "seconds": window.step.total_seconds(),
        "tasks": [str(task) for task in _OF_CONVERSATIONS],
    }


class Measurements:
    """All as they were at one moment."""

    def __init__(self, unit: UnitOfWork, window: Window) -> None:
        self._session = unit.session
        self._parameters = parameters(unit.tenant_id, window)

    async def begin(self, seconds: float) -> None:
        """Before anything is asked; no question may take longer than `seconds`."""
        await self._session.execute(_BEGIN)
        await self._session.execute(_LIMIT, {"milliseconds": str(max(1, round(seconds * 1000)))})

    async def all(self) -> tuple[Sequence[Row], ...]:
        """Rows of generations, calls, timings, feedback, and of notices' and errors' codes."""
        return tuple([await self._rows(query) for query in QUERIES])

    async def _rows(self, query: TextClause) -> Sequence[Row]:
        found = await self._session.execute(query, self._parameters)
        return cast("Sequence[Row]", found.mappings().all())

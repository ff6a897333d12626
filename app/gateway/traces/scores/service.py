"""Reads scores, for one tenant at a time."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.db import Database
from app.gateway.traces.scores.repository import ScoreRow, TraceScores, WantedScores
from app.kit.frozen import frozen

GROUNDED = "context_adherence"
COHERENT = "reasoning_coherence"

_GOOD = frozenset(
    {
        "action_advancement", "action_completion", "agent_efficiency", "agent_flow",
        "completeness", "context_adherence", "context_precision", "context_relevance",
        "conversation_quality", "correctness", "ground_truth_adherence", "instruction_adherence",
        "reasoning_coherence", "tool_selection_quality",
    }
)  # fmt: skip
"""Scorers whose 1 is good: the others tell of what is better absent, or of no quality at all."""
_SMALL = "_luna"
"""What the twin of a scorer that runs on a small model is called after."""
_MOST = 1_000


@frozen
class ScoresPage:
    """`total` of all pages."""

    rows: Sequence[ScoreRow]
    total: int


@frozen
class RunScores:
    """Figures 0 to 1, None where no scorer said so. `overall` is the mean of all whose 1 is good,
    `hallucination` is 1 − context adherence, `coherence` that of the reasoning. `waiting` turns
    have scores to come. `items` are single scores, the oldest turn first, a thousand at most."""

    overall: float | None = None
    hallucination: float | None = None
    coherence: float | None = None
    waiting: int = 0
    items: tuple[ScoreRow, ...] = ()


NO_SCORES = RunScores()


class Scores:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_run(self, tenant_id: str, run_id: UUID) -> RunScores:
        """Of a run that nobody scored: none."""
        async with self._database.read(tenant_id) as unit:
            scores = TraceScores(unit)
            rows = await scores.find(WantedScores(run_id=run_id, limit=_MOST))
            return added_up(rows, waiting=await scores.waited_for(run_id))

    async def of_message(self, tenant_id: str, message_id: UUID) -> Sequence[ScoreRow]:
        """Of a conversation's answer, or of a message in a room once its run has ended."""
        async with self._database.read(tenant_id) as unit:
            return await TraceScores(unit).find(WantedScores(message_id=message_id))

    async def find(self, tenant_id: str, wanted: WantedScores) -> ScoresPage:
        async with self._database.read(tenant_id) as unit:
            scores = TraceScores(unit)
            return ScoresPage(await scores.find(wanted), await scores.count(wanted))


def added_up(rows: Sequence[ScoreRow], *, waiting: int = 0) -> RunScores:
    grounded = _mean(rows, {GROUNDED})
    return RunScores(
        overall=_mean(rows, _GOOD),
        hallucination=None if grounded is None else round(1 - grounded, 4),
        coherence=_mean(rows, {COHERENT}),
        waiting=waiting,
        items=tuple(rows),
    )


def _mean(rows: Iterable[ScoreRow], scorers: Iterable[str]) -> float | None:
    named = frozenset(scorers)
    values = [
        row.value
        for row in rows
        if row.value is not None and row.scorer.removesuffix(_SMALL) in named
    ]
    return round(sum(values) / len(values), 4) if values else None

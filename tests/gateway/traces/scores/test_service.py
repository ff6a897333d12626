"""What single scores add up to."""

from datetime import UTC, datetime

from app.gateway import NO_SCORES, ScoreRow
from app.gateway.traces.scores.service import added_up
from app.kit.ids import new_id

AT = datetime(2026, 1, 31, tzinfo=UTC)


def score(scorer: str, value: float | None, status: str = "success") -> ScoreRow:
    return ScoreRow(
        trace_id=new_id(),
        scorer=scorer,
        status=status,
        value=value,
        explanation=None,
        at=AT,
        run_id=None,
        conversation_id=None,
        message_id=None,
        seat_id=None,
        round=None,
    )


def test_nothing_adds_up_to_nothing() -> None:
    assert added_up([]) == NO_SCORES


def test_hallucination_is_what_adherence_lacks() -> None:
    rows = [score("context_adherence", 0.9), score("context_adherence_luna", 0.5)]
    assert added_up(rows).hallucination == 0.3


def test_only_quality_counts_in_all() -> None:
    rows = [score("correctness", 1), score("reasoning_coherence", 0.5), score("toxicity", 0.0)]
    scores = added_up([*rows, score("prompt_injection", 1)])
    assert (scores.overall, scores.coherence, scores.hallucination) == (0.75, 0.5, None)


def test_what_is_still_to_come_counts_nowhere() -> None:
    scores = added_up([score("correctness", None, "pending"), score("tone", None)], waiting=1)
    assert (scores.overall, scores.waiting, len(scores.items)) == (None, 1, 2)

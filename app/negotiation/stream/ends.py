"""How a run ended whose events went with its session: told from its kept log."""

from typing import Any
from uuid import UUID

from app.kit.ids import id_of
from app.negotiation.agents.seat import Terms
from app.negotiation.events import Decided, Outcome, RunEnded, Verdict
from app.negotiation.journal import SESSION_DELETED
from app.negotiation.schemas import LogDecisionOut, LogResponse

_NOTHING = LogDecisionOut(
    decision="no_deal",
    decision_type="no_deal",
    selected_seller_id=None,
    final_price=None,
    quantity=None,
    total_cost=None,
    reason=SESSION_DELETED,
)


def last_words(room_id: UUID, kept: dict[str, Any] | None) -> tuple[Decided, RunEnded]:
    """Without a log, of a room that never ran."""
    if kept is None:
        return _words(_outcome_id(room_id), _NOTHING, 0, 0.0)
    log = LogResponse.model_validate(kept)
    outcome_id = _outcome_id(log.metadata.run_id)
    return _words(outcome_id, log.decision or _NOTHING, log.rounds_completed, log.duration)


def _outcome_id(of: UUID) -> UUID:
    """The log doesn't keep it; this one is at least the same for everybody."""
    return id_of("outcome", of)


def _words(
    outcome_id: UUID, told: LogDecisionOut, rounds: int, seconds: float
) -> tuple[Decided, RunEnded]:
    verdict, terms = Verdict(told.decision), _terms(told)
    decided = Decided(
        outcome_id=outcome_id,
        verdict=verdict,
        seller_id=told.selected_seller_id,
        terms=terms,
        reason=told.reason,
        round=rounds,
    )
    ended = RunEnded(
        outcome=_outcome(verdict, told.reason),
        rounds=rounds,
        seconds=seconds,
        seller_id=told.selected_seller_id,
        terms=terms,
        reason=told.reason,
    )
    return decided, ended


def _terms(told: LogDecisionOut) -> Terms | None:
    if told.final_price is None or told.quantity is None:
        return None
    return Terms(told.final_price, told.quantity)


def _outcome(verdict: Verdict, reason: str) -> Outcome:
    if verdict is Verdict.ACCEPT:
        return Outcome.DEAL
    return Outcome.ABORTED if reason == SESSION_DELETED else Outcome.NO_DEAL

"""Puts records and judgements into answers."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from app.analysis.figures import compare, winner
from app.analysis.models import RunJudgement
from app.analysis.record import Record
from app.analysis.repository import judgement_of
from app.analysis.schemas import (
    ComparedRunView,
    ComparisonView,
    ErrorView,
    JudgedView,
    RunAnalysisView,
    RunLineView,
    Status,
)
from app.analysis.scores import ScoresView
from app.analysis.summaries import summary_of
from app.negotiation import JudgedBy


def run_view(record: Record, row: RunJudgement | None, scores: object) -> RunAnalysisView:
    run, judgement = record.run, judgement_of(row)
    judged = JudgedView() if row is None else JudgedView.model_validate(row)
    return RunAnalysisView(
        **judged.model_dump(),
        run_id=run.run_id,
        session_id=run.session_id,
        room_id=run.room_id,
        item_name=run.item_name,
        status=_status(row),
        source=_source(row),
        figures=record.figures,
        sentences=list(record.sentences),
        judgement=judgement,
        ai_summary=summary_of(record, judgement),
        refusals=row.refusals if row else 0,
        error=_error(row),
        scores=ScoresView.model_validate(scores, from_attributes=True),
    )


def _status(row: RunJudgement | None) -> Status:
    return "figures" if row is None else cast("Status", row.status)


def _source(row: RunJudgement | None) -> JudgedBy:
    return "model" if row is not None and row.status == "judged" else "figures"


def _error(row: RunJudgement | None) -> ErrorView | None:
    if row is None or row.error_code is None:
        return None
    return ErrorView(code=row.error_code, message=row.error or "")


def line_view(record: Record, row: RunJudgement | None) -> RunLineView:
    run, figures, judgement = record.run, record.figures, judgement_of(row)
    deal = figures.deal
    return RunLineView(
        run_id=run.run_id,
        room_id=run.room_id,
        item_name=run.item_name,
        number=run.number,
        status=_status(row),
        source=_source(row),
        outcome="deal" if deal else "no_deal",
        seller_name=deal.seller_name if deal else None,
        price=deal.price if deal else None,
        quantity=deal.quantity if deal else None,
        total=deal.total if deal else None,
        buyer_share=deal.buyer_share if deal else None,
        efficiency=figures.gains.efficiency,
        left=figures.gains.left,
        rounds=figures.course.rounds,
        seconds=figures.course.seconds,
        quality_score=judgement.quality_score if judgement else None,
        deal_winner=judgement.deal_winner if judgement else winner(figures),
    )


def comparison_view(
    first: Record, second: Record, rows: Sequence[RunJudgement | None]
) -> ComparisonView:
    compared = compare(first.figures, second.figures)
    return ComparisonView(
        a=_compared(first, rows[0]),
        b=_compared(second, rows[1]),
        same_limits=compared.same_limits,
        figures=list(compared.figures),
    )


def _compared(record: Record, row: RunJudgement | None) -> ComparedRunView:
    figures, judgement = record.figures, judgement_of(row)
    return ComparedRunView(
        run_id=figures.run_id,
        session_id=figures.session_id,
        item_name=figures.item_name,
        number=figures.number,
        provider=figures.provider,
        model=figures.model,
        strategies=[asdict(strategy) for strategy in figures.strategies],
        quality_score=judgement.quality_score if judgement else None,
    )

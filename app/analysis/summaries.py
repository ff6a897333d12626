"""Judgements and figures in the words of the marketplace contract, version 1."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app.analysis.figures import RunFigures, figures_summary, overall
from app.analysis.judgement import Judgement, OverallJudgement
from app.analysis.record import Record, records_of
from app.analysis.repository import Judgements, judgement_of
from app.db import UnitOfWork
from app.negotiation import (
    AISummaryOut,
    AnalysisOut,
    FinishedRun,
    HighlightsOut,
    OverallAnalysisOut,
)


class Summaries:
    """What the market's summary shows: what is stored, else what figures say. It waits for no
    model."""

    async def of_runs(
        self, unit: UnitOfWork, runs: Sequence[FinishedRun]
    ) -> Mapping[UUID, AISummaryOut]:
        rows = await Judgements(unit).of_runs([run.run_id for run in runs]) if runs else {}
        return {
            record.run.run_id: summary_of(record, judgement_of(rows.get(record.run.run_id)))
            for record in await records_of(runs)
        }

    async def of_session(
        self, unit: UnitOfWork, runs: Sequence[FinishedRun]
    ) -> OverallAnalysisOut | None:
        """A judgement of other runs than these is out of date, and the figures say more."""
        if not runs:
            return None
        row = await Judgements(unit).of_session(runs[0].session_id)
        if row is not None and set(row.run_ids) == {run.run_id for run in runs}:
            return overall_judged(OverallJudgement(**row.judgement))
        records = await records_of(runs)
        return overall_figured([record.figures for record in records])


def summary_of(record: Record, judgement: Judgement | None) -> AISummaryOut:
    return _figured(record.figures) if judgement is None else _judged(record, judgement)


def _figured(figures: RunFigures) -> AISummaryOut:
    said = figures_summary(figures)
    return AISummaryOut(
        narrative=said.narrative,
        buyer_analysis=_sides(
            said.buyer_analysis.what_went_well, said.buyer_analysis.what_to_improve
        ),
        seller_analysis=_sides(
            said.seller_analysis.what_went_well, said.seller_analysis.what_to_improve
        ),
        highlights=HighlightsOut(
            best_offer=said.highlights.best_offer,
            turning_points=list(said.highlights.turning_points),
            tactics_used=list(said.highlights.tactics_used),
        ),
        deal_winner=said.deal_winner,
        source="figures",
    )


def _judged(record: Record, judgement: Judgement) -> AISummaryOut:
    names = {seller.seller_id: seller.name for seller in record.run.sellers}
    well, better = (
        [
            f"{names.get(seller.seller_id, 'A seller')}: {text}"
            for seller in judgement.sellers
            for text in (seller.what_to_improve if improving else seller.what_went_well)
        ]
        for improving in (False, True)
    )
    best = judgement.best_offer
    return AISummaryOut(
        narrative=judgement.narrative,
        buyer_analysis=_sides(judgement.buyer.what_went_well, judgement.buyer.what_to_improve),
        seller_analysis=_sides(well, better),
        highlights=HighlightsOut(
            best_offer=best.text if best else "none was made",
            turning_points=[point.text for point in judgement.turning_points],
            tactics_used=[f"{tactic.name}: {tactic.text}" for tactic in judgement.tactics],
        ),
        deal_winner=judgement.deal_winner,
        source="model",
    )


def _sides(well: Iterable[str], better: Iterable[str]) -> AnalysisOut:
    return AnalysisOut(what_went_well=list(well), what_to_improve=list(better))


def overall_judged(judgement: OverallJudgement) -> OverallAnalysisOut:
    return OverallAnalysisOut(**judgement.model_dump(), source="model")


def overall_figured(figures: Sequence[RunFigures]) -> OverallAnalysisOut:
    said = overall(figures)
    return OverallAnalysisOut(
        performance_insights=said.performance_insights,
        cross_item_comparison=said.cross_item_comparison,
        recommendations=[advice.text for advice in said.recommendations],
        source="figures",
    )

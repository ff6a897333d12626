"""Everything that is known of a run without asking anybody: a view of its log."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

from app.analysis.figures import (
    Fact,
    RunFigures,
    Sentence,
    Unit,
    facts,
    facts_together,
    figures,
    sentences,
)
from app.analysis.verification import Known, RunCheck
from app.kit.frozen import frozen
from app.negotiation import FinishedRun


@frozen
class Record:
    run: FinishedRun
    figures: RunFigures
    sentences: tuple[Sentence, ...]

    def known(self) -> Known:
        """What a judge's numbers are held against."""
        run, found = self.run, facts(self.run, self.figures)
        played = map(Decimal, range(1, self.figures.course.rounds + 1))
        return Known(
            dollars=_values(found, Unit.USD),
            shares=_values(found, Unit.SHARE),
            others=_values(found, Unit.COUNT, Unit.ROUND, Unit.RATIO, Unit.SECONDS),
            rounds=frozenset(played),
            events=frozenset(Decimal(each.seq) for each in run.events),
            names=(run.item_name, run.buyer.name, *(s.name for s in run.sellers), *_ids(run)),
        )

    def check(self) -> RunCheck:
        deal = self.figures.deal
        return RunCheck(
            self.run,
            self.known(),
            figure_names=frozenset(sentence.figure for sentence in self.sentences),
            deal=deal is not None,
            buyer_share=deal.buyer_share if deal else None,
        )


def record_of(run: FinishedRun) -> Record:
    found = figures(run)
    return Record(run, found, sentences(found))


async def records_of(runs: Sequence[FinishedRun]) -> list[Record]:
    """In a thread: a long run takes some milliseconds."""
    return await asyncio.to_thread(lambda: [record_of(run) for run in runs])


def known_of(records: Sequence[Record]) -> Known:
    """What is true of any of the runs, and of all together."""
    found = facts_together([record.figures for record in records])
    together = Known(
        dollars=_values(found, Unit.USD),
        shares=_values(found, Unit.SHARE),
        others=_values(found, Unit.COUNT, Unit.ROUND, Unit.RATIO, Unit.SECONDS),
    )
    return together.together(*(record.known() for record in records))


def _values(found: Sequence[Fact], *units: Unit) -> frozenset[Decimal]:
    return frozenset(fact.value for fact in found if fact.unit in units)


def _ids(run: FinishedRun) -> tuple[str, ...]:
    return (str(run.run_id), *(str(seller.seller_id) for seller in run.sellers))

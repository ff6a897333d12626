"""Holds a judgement of one run against its record: events, parties, figures, winner, numbers."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

from app.analysis.judgement import Judgement, Tactic
from app.analysis.verification.numbers import Known, numbers_in, unsupported
from app.negotiation import (
    AnyEvent,
    BuyerSpoke,
    Decided,
    FinishedRun,
    MessageQueued,
    OfferMade,
    RunEnded,
    SellerSpoke,
    TurnPassed,
)

Party = Literal["buyer"] | UUID

_HALF = Decimal("0.5")


class RunCheck:
    """Called with a judgement, tells everything in it that isn't so.

    `figure_names` are those that a recommendation may follow from; `buyer_share` is the buyer's of
    the zone, None where there was no deal or no zone; `known` holds what is true of the run.
    """

    def __init__(
        self,
        run: FinishedRun,
        known: Known,
        *,
        figure_names: frozenset[str],
        deal: bool,
        buyer_share: Decimal | None,
    ) -> None:
        self._events = {each.seq: each.event for each in run.events}
        self._sellers = frozenset(seller.seller_id for seller in run.sellers)
        self._known = known
        self._figure_names = figure_names
        self._deal = deal
        self._buyer_share = buyer_share

    def __call__(self, judgement: Judgement) -> list[str]:
        return [
            *self._parties(judgement),
            *self._turning_points(judgement),
            *self._tactics(judgement),
            *self._best_offer(judgement),
            *self._winner(judgement),
            *self._figures(judgement),
            *self._numbers(judgement),
        ]

    def _parties(self, judgement: Judgement) -> Iterator[str]:
        judged = [seller.seller_id for seller in judgement.sellers]
        for place, seller_id in enumerate(judged):
            if seller_id not in self._sellers:
                yield f"sellers.{place}: no seller {seller_id} took part"
            elif seller_id in judged[:place]:
                yield f"sellers.{place}: seller {seller_id} is judged twice"
        for seller_id in self._sellers.difference(judged):
            yield f"sellers: seller {seller_id} took part and isn't judged"

    def _turning_points(self, judgement: Judgement) -> Iterator[str]:
        for place, point in enumerate(judgement.turning_points):
            yield from self._cited(f"turning_points.{place}", point.event_ids)

    def _tactics(self, judgement: Judgement) -> Iterator[str]:
        for place, tactic in enumerate(judgement.tactics):
            where = f"tactics.{place}"
            yield from self._cited(where, tactic.event_ids)
            yield from self._shown(where, tactic)

    def _cited(self, where: str, event_ids: Sequence[int]) -> Iterator[str]:
        for event_id in event_ids:
            event = self._events.get(event_id)
            if event is None:
                yield f"{where}: there is no event {event_id} in the record"
            elif not _tells(event):
                yield f"{where}: event {event_id} is a {event.type}, in which nobody did anything"

    def _shown(self, where: str, tactic: Tactic) -> Iterator[str]:
        if tactic.by != "buyer" and tactic.by not in self._sellers:
            yield f"{where}: no seller {tactic.by} took part"
            return
        cited = [self._events[each] for each in tactic.event_ids if each in self._events]
        if cited and all(party_of(event) != tactic.by for event in cited):
            yield f"{where}: none of events {tactic.event_ids} is by {tactic.by}"

    def _best_offer(self, judgement: Judgement) -> Iterator[str]:
        best = judgement.best_offer
        offers = {seq for seq, event in self._events.items() if isinstance(event, OfferMade)}
        if best is None and offers:
            yield "best_offer: offers were made; name the best of them"
        elif best is not None and best.event_id not in offers:
            yield f"best_offer: event {best.event_id} is no offer"

    def _winner(self, judgement: Judgement) -> Iterator[str]:
        winner, share = judgement.deal_winner, self._buyer_share
        if not self._deal and winner != "none":
            yield "deal_winner: there was no deal"
        if share is None:
            return
        if winner == "none":
            yield "deal_winner: there was a deal"
        if (winner == "buyer" and share < _HALF) or (winner == "seller" and share > _HALF):
            yield f"deal_winner: the other side had the larger share of the zone than the {winner}"

    def _figures(self, judgement: Judgement) -> Iterator[str]:
        for place, recommendation in enumerate(judgement.recommendations):
            if recommendation.figure not in self._figure_names:
                yield f"recommendations.{place}: there is no figure {recommendation.figure!a}"

    def _numbers(self, judgement: Judgement) -> Iterator[str]:
        own = _scores(judgement)
        for where, text, event_ids in _texts(judgement):
            said = [*own, *self._said(event_ids)]
            for number in unsupported(text, self._known, said):
                yield f"{where}: {number!a} stands neither in the figures nor in the record"

    def _said(self, event_ids: Sequence[int]) -> list[Decimal]:
        """Numbers in the words of the events that a text cites."""
        texts = [getattr(self._events.get(each), "text", "") for each in event_ids]
        return [number for text in texts for number in numbers_in(text)]


def party_of(event: AnyEvent) -> Party | None:
    """Whose doing an event is."""
    match event:
        case BuyerSpoke() | MessageQueued() | Decided():
            return "buyer"
        case SellerSpoke() | OfferMade():
            return event.seller_id
        case TurnPassed():
            return event.seller_id or "buyer"
        case _:
            return None


def _tells(event: AnyEvent) -> bool:
    return party_of(event) is not None or isinstance(event, RunEnded)


def _scores(judgement: Judgement) -> list[Decimal]:
    """The judge's own, which its texts may repeat."""
    sides = [judgement.buyer, *judgement.sellers]
    return [Decimal(judgement.quality_score), *(Decimal(side.effectiveness) for side in sides)]


def _texts(judgement: Judgement) -> Iterator[tuple[str, str, Sequence[int]]]:
    """Every text, with its place and the events that it cites."""
    yield "narrative", judgement.narrative, ()
    sides = {"buyer": judgement.buyer} | {
        f"sellers.{place}": seller for place, seller in enumerate(judgement.sellers)
    }
    for where, side in sides.items():
        for text in (side.strategy, *side.what_went_well, *side.what_to_improve):
            yield where, text, ()
    for place, point in enumerate(judgement.turning_points):
        yield f"turning_points.{place}", point.text, point.event_ids
    for place, tactic in enumerate(judgement.tactics):
        yield f"tactics.{place}", f"{tactic.name}. {tactic.text}", tactic.event_ids
    for place, recommendation in enumerate(judgement.recommendations):
        yield f"recommendations.{place}", recommendation.text, ()
    if judgement.best_offer is not None:
        yield "best_offer", judgement.best_offer.text, (judgement.best_offer.event_id,)

"""Runs that are over, as they are told to who looks at traces."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from app.gateway import ToldMove, ToldRun
from app.kit.money import plain
from app.negotiation.agents.seat import Terms
from app.negotiation.errors import RunNotFinished, RunNotFound
from app.negotiation.events import BuyerSpoke, Decided, OfferMade, RunEnded, SellerSpoke
from app.negotiation.finished import FinishedRun, Numbered
from app.negotiation.finished_runs import FinishedRuns


class RunTelling:
    """Offers and the decision as data, each with who made it."""

    def __init__(self, runs: FinishedRuns) -> None:
        self._runs = runs

    async def told(self, tenant_id: str, run_id: UUID) -> ToldRun | None:
        """None of a run that is gone."""
        try:
            return told(await self._runs.get(tenant_id, run_id))
        except (RunNotFound, RunNotFinished):
            return None


def told(run: FinishedRun) -> ToldRun:
    names = {run.buyer.buyer_id: run.buyer.name}
    names |= {seller.seller_id: seller.name for seller in run.sellers}
    return ToldRun(
        name=run.item_name,
        started_at=run.started_at,
        ended_at=run.ended_at,
        opening=_opening(run),
        outcome=_outcome(run, names),
        moves=[move for entry in run.events for move in _moves(entry, run, names)],
        private=_private(run),
        messages=dict(_messages(run)),
    )


def _opening(run: FinishedRun) -> dict[str, Any]:
    buyer = run.buyer
    return {
        "item": run.item_name,
        "quantity": buyer.quantity_needed,
        "buyer": {
            "name": buyer.name,
            "agent": buyer.agent,
            "min_price": plain(buyer.min_price),
            "max_price": plain(buyer.max_price),
        },
        "sellers": [
            {
                "name": seller.name,
                "agent": seller.agent,
                "cost_price": plain(seller.cost_price),
                "least_price": plain(seller.least_price),
                "selling_price": plain(seller.selling_price),
                "stock": seller.stock,
            }
            for seller in run.sellers
        ],
    }


def _outcome(run: FinishedRun, names: Mapping[UUID, str]) -> dict[str, Any]:
    ends = [entry.event for entry in run.events if isinstance(entry.event, RunEnded)]
    if not ends:
        return {}
    end = ends[-1]
    return {
        "outcome": end.outcome,
        "rounds": end.rounds,
        "seller": names.get(end.seller_id) if end.seller_id else None,
        "reason": end.reason,
        **_terms(end.terms),
    }


def _moves(entry: Numbered, run: FinishedRun, names: Mapping[UUID, str]) -> Iterator[ToldMove]:
    match entry.event:
        case OfferMade() as offer:
            by = names.get(offer.seller_id, "")
            yield ToldMove("offer", by, offer.round, entry.at, _terms(offer.terms))
        case Decided() as decision:
            by = "a person" if decision.by_human else run.buyer.name
            made = {"decision": decision.verdict, "reason": decision.reason}
            if decision.seller_id is not None:
                made["seller"] = names.get(decision.seller_id, "")
            made |= _terms(decision.terms)
            yield ToldMove("decision", by, decision.round, entry.at, made)
        case _:
            pass


def _messages(run: FinishedRun) -> Iterator[tuple[tuple[UUID, int], UUID]]:
    """By seat and round."""
    for entry in run.events:
        match entry.event:
            case BuyerSpoke(by_human=False) as spoke:
                yield (run.buyer.buyer_id, spoke.round), spoke.message_id
            case SellerSpoke() as spoke:
                yield (spoke.seller_id, spoke.round), spoke.message_id
            case _:
                pass


def _terms(terms: Terms | None) -> dict[str, Any]:
    return {} if terms is None else {"price": plain(terms.price), "quantity": terms.quantity}


def _private(run: FinishedRun) -> tuple[Any, ...]:
    limits = {run.buyer.min_price, run.buyer.max_price}
    for seller in run.sellers:
        limits |= {seller.cost_price, seller.least_price}
    return tuple(sorted(limits))

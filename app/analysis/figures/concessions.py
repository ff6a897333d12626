"""How each side's price moved over time, and what kind of conceding that is.

P. Faratin, C. Sierra and N. R. Jennings (1998), "Negotiation decision functions for autonomous
agents", Robotics and Autonomous Systems 24(3-4), 159-182: a time-dependent tactic has conceded the
share k + (1 − k) t^(1/β) of its range by time t, k of it with its first offer.

Departures: there k and β are given and make the offers, here offers are given and β is fitted;
t is 0 at a side's first offer, which may come late; β around 1 counts as linear.
"""

from decimal import Decimal
from uuid import UUID

from app.analysis.figures.fields import ZERO, Ratio, Share, Side, Usd, share
from app.analysis.figures.fit import Shape, fitted_beta, shape_of
from app.analysis.figures.log import decision, elapsed, offers_of
from app.kit.frozen import frozen
from app.kit.money import to_micro
from app.negotiation import FinishedRun, FinishedSeller, Verdict


@frozen
class Step:
    """One price that a side named as data, for so many units.

    `concession` is since its step before; `conceded` is how far it had come, as a share of its own
    range; `time` runs from 0 in the first round to 1 in the last that there may be.
    """

    event_id: int
    round: int
    price: Usd
    quantity: int
    concession: Usd
    concession_share: Share | None
    conceded: Share | None
    time: Share


@frozen
class Curve:
    """How one agent's price moved; see `curves`."""

    agent_id: UUID
    name: str
    side: Side
    steps: tuple[Step, ...]
    total: Usd
    total_share: Share | None
    beta: Ratio | None
    shape: Shape | None


def curves(run: FinishedRun) -> tuple[Curve, ...]:
    """The buyer's first, then each seller's, in the order of the session."""
    return (_buyers(run), *(_sellers(run, seller) for seller in run.sellers))


def _buyers(run: FinishedRun) -> Curve:
    """In this market only sellers offer, so the buyer's only price is the one it accepted; one
    price is no concession. `conceded` is how far that lies from its lowest to its highest price."""
    buyer, found = run.buyer, decision(run)
    steps: tuple[Step, ...] = ()
    if found and found[1].terms and found[1].verdict is Verdict.ACCEPT and not found[1].by_human:
        seq, decided = found
        price, quantity = found[1].terms.price, found[1].terms.quantity
        conceded = share(price - buyer.min_price, buyer.max_price - buyer.min_price)
        time = _time(run, decided.round)
        steps = (Step(seq, decided.round, price, quantity, ZERO, None, conceded, time),)
    return Curve(buyer.buyer_id, buyer.name, "buyer", steps, ZERO, None, None, None)


def _sellers(run: FinishedRun, seller: FinishedSeller) -> Curve:
    """A concession is a price lower than the one before; one below zero takes a concession back.
    A share is of the seller's own range, selling − least price; `total` = first − last price."""
    steps = _steps(run, seller)
    total = steps[0].price - steps[-1].price if steps else ZERO
    beta = fitted_beta([(float(s.time), float(s.conceded or 0)) for s in steps])
    return Curve(
        agent_id=seller.seller_id,
        name=seller.name,
        side="seller",
        steps=steps,
        total=total,
        total_share=share(total, _range(seller)) if steps else None,
        beta=beta,
        shape=shape_of(beta),
    )


def _steps(run: FinishedRun, seller: FinishedSeller) -> tuple[Step, ...]:
    steps: list[Step] = []
    for seq, offer in offers_of(run, seller):
        price = offer.terms.price
        given = steps[-1].price - price if steps else ZERO
        conceded = share(seller.selling_price - price, _range(seller))
        portion = share(given, _range(seller)) if steps else None
        time = _time(run, offer.round)
        steps.append(
            Step(seq, offer.round, price, offer.terms.quantity, given, portion, conceded, time)
        )
    return tuple(steps)


def _range(seller: FinishedSeller) -> Decimal:
    return seller.selling_price - seller.least_price


def _time(run: FinishedRun, number: int) -> Decimal:
    return to_micro(Decimal(elapsed(run, number)))

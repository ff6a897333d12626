"""What follows from prices: totals, differences, parts."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.analysis.figures.fields import share
from app.analysis.figures.units import Unit
from app.negotiation import FinishedRun, Terms

PriceFact = tuple[Decimal, Unit]


def of_limits(run: FinishedRun) -> Iterator[PriceFact]:
    """The limits themselves, per unit and for all units, and their differences."""
    buyer, needed = run.buyer, run.buyer.quantity_needed
    yield from consequences(Terms(buyer.max_price, needed), [buyer.min_price])
    yield from consequences(Terms(buyer.min_price, needed), [])
    for seller in run.sellers:
        quantity = min(needed, seller.stock)
        yield Decimal(seller.stock), Unit.COUNT
        ends = [seller.least_price, seller.cost_price, buyer.max_price]
        yield from consequences(Terms(seller.selling_price, quantity), ends)
        yield from consequences(Terms(seller.least_price, quantity), ends)
        yield from consequences(Terms(seller.cost_price, quantity), ends)


def consequences(terms: Terms, others: Iterable[Decimal]) -> Iterator[PriceFact]:
    """The price, the total, and beside each other price the difference, per unit and in all, and
    what part of that other price it is."""
    yield terms.price, Unit.USD
    yield terms.price * terms.quantity, Unit.USD
    for other in others:
        difference = terms.price - other
        yield difference, Unit.USD
        yield difference * terms.quantity, Unit.USD
        part = share(difference, other)
        if part is not None:
            yield part, Unit.SHARE

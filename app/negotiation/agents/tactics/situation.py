"""What a tactic is asked: where an agent stands between its best and its worst price."""

from decimal import Decimal
from typing import Protocol

from app.kit.frozen import frozen
from app.kit.money import to_micro


@frozen
class Situation:
    """A negotiator's own view of one price, for either role.

    `aspiration` is the best price it hopes for and `reservation` the worst it takes, so that a
    seller's reservation lies below its aspiration and a buyer's above. `time` runs from 0 (the
    first offer) to 1 (the deadline). `mine` and `theirs` are the prices named so far, oldest
    first. `seed` is for tactics that play dice.
    """

    aspiration: Decimal
    reservation: Decimal
    time: float
    mine: tuple[Decimal, ...] = ()
    theirs: tuple[Decimal, ...] = ()
    seed: int = 0

    @property
    def standing(self) -> Decimal:
        """The last price it named, or its aspiration before the first."""
        low, high = sorted((self.aspiration, self.reservation))
        return min(max(self.mine[-1], low), high) if self.mine else self.aspiration

    def bounded(self, price: Decimal) -> Decimal:
        """`price`, but not beyond the reservation and not back behind what was already given."""
        low, high = sorted((self.standing, self.reservation))
        return min(max(to_micro(price), low), high)

    def conceding(self, share: float) -> Decimal:
        """The price `share` (0 to 1) of the way from the aspiration to the reservation."""
        way = self.reservation - self.aspiration
        return self.bounded(self.aspiration + Decimal(min(max(share, 0.0), 1.0)) * way)


class Tactic(Protocol):
    """Every tactic keeps to the interval and never takes a concession back."""

    def next_price(self, situation: Situation) -> Decimal: ...

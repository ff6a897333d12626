"""The prices that are named: round ones where there is room, and never an agent's own limit."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from app.kit.frozen import frozen
from app.kit.money import CENT, MICRO

# A tick, and how many of it an interval must hold for prices to be multiples of it.
_ROUND = ((Decimal(tick), 40) for tick in ("1000", "100", "50", "10", "5", "1", "0.5", "0.1"))
_FINE = ((CENT.scaleb(-place), 2) for place in range(4))
_TICKS = (*_ROUND, *_FINE)


@frozen
class Grid:
    tick: Decimal

    def up(self, price: Decimal) -> Decimal:
        return (price / self.tick).to_integral_value(ROUND_CEILING) * self.tick

    def down(self, price: Decimal) -> Decimal:
        return (price / self.tick).to_integral_value(ROUND_FLOOR) * self.tick

    def above(self, limit: Decimal) -> Decimal:
        """The lowest price on the grid that is more than `limit`."""
        return self.down(limit) + self.tick

    def below(self, limit: Decimal) -> Decimal:
        """The highest price on the grid that is less than `limit`."""
        return self.up(limit) - self.tick


def grid_for(room: Decimal) -> Grid:
    """Multiples of a round amount where there is much `room` between prices, cents where there is
    little, finer where even two cents don't fit; at the finest a millionth of a dollar."""
    return Grid(next((tick for tick, ticks in _TICKS if tick * ticks <= room), MICRO))

"""Several tactics at once, each with a weight.

P. Faratin, C. Sierra and N. R. Jennings (1998), "Negotiation decision functions for autonomous
agents", Robotics and Autonomous Systems 24(3-4), 159-182: a strategy there is a weighted
combination of tactics.
"""

from decimal import Decimal

from app.kit.frozen import frozen
from app.negotiation.agents.tactics.situation import Situation, Tactic


@frozen
class Mixed:
    """Takes `weight` (0 to 1) of the first tactic's price and the rest of the second's."""

    first: Tactic
    second: Tactic
    weight: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight {self.weight} must be from 0 to 1")

    def next_price(self, situation: Situation) -> Decimal:
        first, second = self.first.next_price(situation), self.second.next_price(situation)
        return situation.bounded(second + Decimal(self.weight) * (first - second))

"""Tactics that go by the clock alone.

P. Faratin, C. Sierra and N. R. Jennings (1998), "Negotiation decision functions for autonomous
agents", Robotics and Autonomous Systems 24(3-4), 159-182, section on time-dependent tactics.
"""

import math
from decimal import Decimal

from app.kit.frozen import frozen
from app.negotiation.agents.tactics.situation import Situation


@frozen
class Polynomial:
    """Concedes the share k + (1 - k) t^(1/beta) of the interval by time t.

    `beta` < 1 is Boulware (holds out, gives in at the deadline), 1 linear, > 1 Conceder (gives in
    early). `k`, 0 to 1, is the share that the first offer concedes.
    """

    beta: float
    k: float = 0.0

    def __post_init__(self) -> None:
        if not (self.beta > 0 and 0 <= self.k <= 1):
            raise ValueError(f"beta {self.beta} must be above 0, k {self.k} from 0 to 1")

    def next_price(self, situation: Situation) -> Decimal:
        given: float = situation.time ** (1 / self.beta)
        return situation.conceding(self.k + (1 - self.k) * given)


@frozen
class Exponential:
    """Concedes the share exp((1 - t)^beta ln k) of the interval by time t.

    `beta` tells Boulware from Conceder as above, over a differently shaped curve. `k`, above 0 and
    at most 1, is the share that the first offer concedes.
    """

    beta: float
    k: float = 0.05

    def __post_init__(self) -> None:
        if not (self.beta > 0 and 0 < self.k <= 1):
            raise ValueError(f"beta {self.beta} must be above 0, k {self.k} above 0 and up to 1")

    def next_price(self, situation: Situation) -> Decimal:
        return situation.conceding(math.exp((1 - situation.time) ** self.beta * math.log(self.k)))

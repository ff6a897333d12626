"""MiCRO: the smallest concession, and only in return for a new offer.

D. de Jonge (2022), "An Analysis of the Linear Bilateral ANAC Domains Using the MiCRO Benchmark
Strategy", IJCAI-22, 223-229.
"""

from decimal import Decimal

from app.kit.frozen import frozen
from app.negotiation.agents.tactics.situation import Situation


@frozen
class MiCRO:
    """Makes its next best offer while it has made no more different offers than it received.

    The paper ranks a finite set of offers; here they are `steps` equal steps of price. Where the
    paper repeats any earlier offer, this repeats the last one.
    """

    steps: int = 10

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps {self.steps} must be at least 1")

    def next_price(self, situation: Situation) -> Decimal:
        made = len(set(situation.mine))
        if made > len(set(situation.theirs)):
            return situation.standing
        return situation.conceding(made / self.steps)

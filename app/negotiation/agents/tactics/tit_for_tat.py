"""Tactics that answer a concession with a concession, and stubbornness with none.

P. Faratin, C. Sierra and N. R. Jennings (1998), "Negotiation decision functions for autonomous
agents", Robotics and Autonomous Systems 24(3-4), 159-182, section on behaviour-dependent tactics.
There a tactic also imitates a step back; here nothing once offered is withdrawn. With too few
prices from the other side to compare, each stands where it stood.
"""

from decimal import Decimal

from app.kit.frozen import frozen
from app.negotiation.agents.chance import draw
from app.negotiation.agents.tactics.situation import Situation


@frozen
class RelativeTitForTat:
    """Concedes by the ratio of the other's last step, or of the one `delta` steps ago."""

    delta: int = 1

    def next_price(self, situation: Situation) -> Decimal:
        if len(situation.theirs) <= self.delta:
            return situation.standing
        return _in_ratio(
            situation, situation.theirs[-1 - self.delta], situation.theirs[-self.delta]
        )


@frozen
class AbsoluteTitForTat:
    """Concedes the same amount of money as the other did, and by chance up to `extra` (a share of
    the interval) more, which frees two imitators from standing still for ever."""

    delta: int = 1
    extra: float = 0.0

    def next_price(self, situation: Situation) -> Decimal:
        if len(situation.theirs) <= self.delta:
            return situation.standing
        step = situation.theirs[-1 - self.delta] - situation.theirs[-self.delta]
        luck = self.extra * draw(situation.seed, "extra", len(situation.mine))
        way = situation.reservation - situation.aspiration
        return situation.bounded(situation.standing + step + Decimal(luck) * way)


@frozen
class AveragedTitForTat:
    """Concedes by the ratio over the other's last `window` steps, fewer when there were fewer."""

    window: int = 2

    def next_price(self, situation: Situation) -> Decimal:
        if len(situation.theirs) < 2:
            return situation.standing
        first = situation.theirs[-1 - min(self.window, len(situation.theirs) - 1)]
        return _in_ratio(situation, first, situation.theirs[-1])


def _in_ratio(situation: Situation, older: Decimal, newer: Decimal) -> Decimal:
    return situation.bounded(situation.standing * older / newer) if newer else situation.standing

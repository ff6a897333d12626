"""Who plays which tactic: a seller by its priority and style, a buyer by chance; both by seed."""

from app.negotiation.agents.chance import between, draw, pick
from app.negotiation.agents.seat import Priority, SpeakingStyle
from app.negotiation.agents.tactics.micro import MiCRO
from app.negotiation.agents.tactics.mixed import Mixed
from app.negotiation.agents.tactics.situation import Tactic
from app.negotiation.agents.tactics.time_dependent import Exponential, Polynomial
from app.negotiation.agents.tactics.tit_for_tat import (
    AbsoluteTitForTat,
    AveragedTitForTat,
    RelativeTitForTat,
)

_SOFTNESS = {SpeakingStyle.RUDE: 0.75, SpeakingStyle.NEUTRAL: 1.0, SpeakingStyle.VERY_SWEET: 1.25}


def seller_tactic(
    priority: Priority, style: SpeakingStyle, *, seed: int, name: str, rounds: int
) -> Tactic:
    """Keeping a customer is worth an early concession, profit a late or a small one."""
    softness = _SOFTNESS[style] * between(0.9, 1.1, seed, name, "softness")
    if priority is Priority.CUSTOMER_RETENTION:
        return _conceding(softness, seed, name)
    return _holding_out(softness, seed, name, rounds)


def _conceding(softness: float, seed: int, name: str) -> Tactic:
    clock = Polynomial(beta=2.0 * softness, k=between(0.05, 0.15, seed, name, "k"))
    options: tuple[Tactic, ...] = (
        clock,
        Mixed(RelativeTitForTat(), clock),
        Mixed(AveragedTitForTat(), clock),
    )
    return pick(options, seed, name, "tactic")


def _holding_out(softness: float, seed: int, name: str, rounds: int) -> Tactic:
    k = between(0.01, 0.06, seed, name, "k")
    options: tuple[Tactic, ...] = (
        Polynomial(beta=0.4 * softness, k=k),
        Exponential(beta=0.9 * softness, k=k),
        MiCRO(steps=max(2, round(1.3 * rounds / softness))),
    )
    return pick(options, seed, name, "tactic")


def buyer_tactic(*, seed: int) -> Tactic:
    """From slightly Boulware to slightly Conceder, every third time matching what sellers give."""
    clock = Polynomial(beta=between(0.6, 1.3, seed, "beta"), k=between(0.05, 0.2, seed, "k"))
    if draw(seed, "buyer tactic") < 2 / 3:
        return clock
    return Mixed(AbsoluteTitForTat(extra=0.05), clock, weight=0.4)

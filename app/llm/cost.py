"""What tokens cost, at the prices that a call's plan knows."""

from dataclasses import dataclass
from decimal import Decimal

from app.llm.catalogue.facts import Prices
from app.llm.messages import Attempt, ModelRef
from app.llm.providers.connected import OFFLINE
from app.llm.routing.plan import Candidate, Plan

NOTHING = Decimal(0)

FREE = Prices(prompt=NOTHING, completion=NOTHING)
UNKNOWN = Prices()


@dataclass(frozen=True, slots=True)
class Amount:
    """What a call costs, or may cost, in the units that budgets have."""

    usd: Decimal = NOTHING
    tokens: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.usd + other.usd, self.tokens + other.tokens)


def prices_of(candidate: Candidate) -> Prices:
    facts = candidate.facts
    if candidate.ref.provider == OFFLINE or (facts is not None and facts.free):
        return FREE
    return UNKNOWN if facts is None else facts.prices


def cost_of(attempt: Attempt, plan: Plan) -> Decimal | None:
    """In USD: the provider's own figure, else price × tokens; None when a price is unknown.

    An attempt in which nothing was heard costs nothing.
    """
    if attempt.usage is None:
        return NOTHING
    if attempt.usage.cost is not None:
        return attempt.usage.cost
    return _prices(attempt.model, plan).cost(attempt.usage)


def _prices(model: ModelRef, plan: Plan) -> Prices:
    for candidate in plan.candidates:
        if candidate.ref == model:
            return prices_of(candidate)
    return prices_of(Candidate(model))

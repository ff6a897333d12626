"""What tokens cost, at the prices that a call's plan knows."""

from decimal import Decimal

from app.kit.frozen import frozen
from app.llm.catalogue.facts import Prices
from app.llm.messages import Attempt, ModelRef, Usage
from app.llm.providers.connected import OFFLINE
from app.llm.providers.registry import PROVIDERS
from app.llm.routing.plan import Candidate, Plan

NOTHING = Decimal(0)

USUAL_CALL = Usage(prompt_tokens=750, completion_tokens=250)
"""By which prices are compared: what is asked is longer than what is answered."""

FREE = Prices(prompt=NOTHING, completion=NOTHING)
UNKNOWN = Prices()

_LOCAL = frozenset(name for name, row in PROVIDERS.items() if not row.needs_key)


@frozen
class Amount:
    """What a call costs, or may cost, in the units that budgets have."""

    usd: Decimal = NOTHING
    tokens: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.usd + other.usd, self.tokens + other.tokens)


def costs_nothing(candidate: Candidate) -> bool:
    """Whether it is free for certain: the catalogue says so, or it runs on the user's own machine.
    Ollama passes some models on to its makers' machines, and says so at the end of their names."""
    ref, facts = candidate.ref, candidate.facts
    if ref.provider == OFFLINE or (facts is not None and facts.free):
        return True
    priced = facts is not None and facts.prices.prompt is not None
    return ref.provider in _LOCAL and not priced and not ref.model.endswith("cloud")


def prices_of(candidate: Candidate) -> Prices:
    if costs_nothing(candidate):
        return FREE
    return UNKNOWN if candidate.facts is None else candidate.facts.prices


def usual_price(candidate: Candidate) -> Decimal | None:
    """USD of a usual call; None where a price is unknown."""
    return prices_of(candidate).cost(USUAL_CALL)


def cost_of(attempt: Attempt, plan: Plan) -> Decimal | None:
    """In USD: the provider's own figure, else price × tokens; None when a price is unknown.

    An attempt in which nothing was heard costs nothing.
    """
    if attempt.usage is None:
        return NOTHING
    if attempt.usage.cost is not None:
        return attempt.usage.cost
    return _known_prices(attempt.model, plan).cost(attempt.usage)


def _known_prices(model: ModelRef, plan: Plan) -> Prices:
    """Without the presumption that what runs nearby is free: a ledger tells what is known."""
    if model.provider == OFFLINE:
        return FREE
    facts = next((each.facts for each in plan.candidates if each.ref == model), None)
    if facts is None:
        return UNKNOWN
    return FREE if facts.free else facts.prices

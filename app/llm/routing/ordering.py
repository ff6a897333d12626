"""In which order models that suit are tried. Every order only turns what it is given around, and
leaves alone what it knows nothing about: that comes last, as listed."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from app.llm.cost import usual_price
from app.llm.messages import Order
from app.llm.routing.health import Health
from app.llm.routing.plan import Candidate


def by_cost(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The cheapest first."""

    def key(candidate: Candidate) -> tuple[bool, Decimal]:
        price = usual_price(candidate)
        return price is None, price or Decimal(0)

    return sorted(candidates, key=key)


def by_quality(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best in our benchmark first."""

    def key(candidate: Candidate) -> float:
        quality = candidate.facts.quality if candidate.facts else None
        return 1 if quality is None else -quality

    return sorted(candidates, key=key)


def by_latency(candidates: Iterable[Candidate], health: Health) -> list[Candidate]:
    """The one whose first token usually comes first."""

    def key(candidate: Candidate) -> float:
        usual = health.of(candidate.ref).first_token_ms
        return float("inf") if usual is None else usual.p50

    return sorted(candidates, key=key)


class Rounds:
    """Weighted round robin over providers: of the calls that have the same providers to choose
    from, each gets its share, evenly spread (as nginx does it). The number of choices that are
    remembered is bounded."""

    BOUND = 1024

    def __init__(self) -> None:
        self._balances: OrderedDict[tuple[tuple[str, int], ...], dict[str, int]] = OrderedDict()

    def order(self, candidates: Sequence[Candidate], weights: Mapping[str, int]) -> list[Candidate]:
        """The models of the provider whose turn it is first, then the next one's."""
        providers = dict.fromkeys([candidate.ref.provider for candidate in candidates])
        if len(providers) < 2:
            return list(candidates)
        shares = tuple([(provider, weights.get(provider, 1)) for provider in providers])
        places = {provider: place for place, provider in enumerate(self._turn(shares))}
        return sorted(candidates, key=lambda candidate: places[candidate.ref.provider])

    def _turn(self, shares: tuple[tuple[str, int], ...]) -> list[str]:
        balance = self._balances.setdefault(shares, dict.fromkeys([name for name, _ in shares], 0))
        self._balances.move_to_end(shares)
        if len(self._balances) > self.BOUND:
            self._balances.popitem(last=False)
        for provider, share in shares:
            balance[provider] += share
        turn = sorted(balance, key=lambda provider: -balance[provider])
        balance[turn[0]] -= sum([share for _, share in shares])
        return turn


class Ordering:
    def __init__(self, health: Health) -> None:
        self._health = health
        self._rounds = Rounds()

    def apply(
        self, order: Order, candidates: Sequence[Candidate], weights: Mapping[str, int]
    ) -> list[Candidate]:
        """The same candidates, the ones to try first in front."""
        match order:
            case Order.COST:
                return by_cost(candidates)
            case Order.QUALITY:
                return by_quality(candidates)
            case Order.LATENCY:
                return by_latency(candidates, self._health)
            case Order.BALANCED:
                return self._rounds.order(candidates, weights)
            case _:
                return list(candidates)

"""Holds what a provider lists against what the catalogue has of it. Nothing but a comparison."""

from collections.abc import Mapping

from app.kit.frozen import frozen
from app.llm import ModelFacts, Prices

UNKNOWN = Prices()


@frozen
class Known:
    """What the catalogue has of one provider: which ids, which of them are retired, and what they
    cost as far as that is known."""

    models: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()
    prices: Mapping[str, Prices] | None = None

    def price(self, model: str) -> Prices:
        return (self.prices or {}).get(model, UNKNOWN)


@frozen
class Difference:
    """`repriced` are those whose price changed, and new ones whose price is known."""

    added: frozenset[str]
    returned: frozenset[str]
    retired: frozenset[str]
    repriced: Mapping[str, Prices]

    @classmethod
    def of(cls, known: Known, listed: tuple[ModelFacts, ...]) -> "Difference":
        ids = frozenset(facts.ref.model for facts in listed)
        return cls(
            added=ids - known.models,
            returned=ids & known.retired,
            retired=known.models - known.retired - ids,
            repriced={
                facts.ref.model: facts.prices
                for facts in listed
                if facts.prices != known.price(facts.ref.model)
            },
        )

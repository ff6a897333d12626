from decimal import Decimal

import pytest

from app.llm import ModelFacts, ModelRef, Prices, Usage
from app.llm.cost import costs_nothing, prices_of
from app.llm.routing.plan import Candidate

PENNY = Decimal("0.01")


def candidate(provider: str, model: str, prices: Prices | None = None) -> Candidate:
    ref = ModelRef(provider, model)
    return Candidate(ref, None if prices is None else ModelFacts(ref=ref, prices=prices))


@pytest.mark.parametrize("provider", ["lm_studio", "ollama", "offline"])
def test_what_runs_on_ones_own_machine_costs_nothing(provider: str) -> None:
    mine = candidate(provider, "qwen3:8b")

    assert costs_nothing(mine)
    assert prices_of(mine).cost(Usage(1000, 1000)) == 0


@pytest.mark.parametrize(
    "elsewhere",
    [
        candidate("ollama", "gpt-oss:120b-cloud"),
        candidate("openrouter", "openai/gpt-5"),
        candidate("lm_studio", "rented", Prices(PENNY, PENNY)),
        candidate("acme", "small"),
    ],
)
def test_what_runs_elsewhere_may_cost(elsewhere: Candidate) -> None:
    assert not costs_nothing(elsewhere)


def test_vectors_are_paid_by_what_goes_in() -> None:
    prices = Prices(prompt=PENNY)

    assert prices.cost(Usage(prompt_tokens=7)) == 7 * PENNY
    assert prices.cost(Usage(prompt_tokens=7, completion_tokens=1)) is None


def test_pictures_may_cost_something_each() -> None:
    prices = Prices(PENNY, 2 * PENNY, image=10 * PENNY)

    assert prices.cost(Usage(100, 10, pictures=3)) == PENNY * (100 + 20 + 30)
    assert prices.cost(Usage(100, 10)) == PENNY * (100 + 20)


def test_cached_tokens_have_a_price_of_their_own() -> None:
    prices = Prices(PENNY, 2 * PENNY, cache_read=PENNY / 10, cache_write=PENNY * 2)
    usage = Usage(100, 10, cached_tokens=40, cache_write_tokens=50)

    assert prices.cost(usage) == PENNY * (10 + 4 + 100 + 20)

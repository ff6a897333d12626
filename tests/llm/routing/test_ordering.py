"""Which of the models that suit is tried first."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import Health, ModelRef, Order, Prices
from app.llm.messages import Attempt
from app.llm.routing.ordering import Ordering, Rounds
from app.llm.routing.plan import Candidate
from tests.llm.routing.models import candidate

NOTHING, CENT = Decimal(0), Decimal("0.01")


def order(order: Order, *candidates: Candidate, health: Health | None = None) -> list[str]:
    found = Ordering(health or Health()).apply(order, candidates, {})
    return [str(each.ref) for each in found]


def test_listed_is_as_it_is() -> None:
    given = [candidate("a:x", "9"), candidate("b:y", "1")]

    assert order(Order.LISTED, *given) == ["a:x", "b:y"]


def test_the_cheapest_first_and_those_without_a_price_last() -> None:
    given = [candidate("a:unknown"), candidate("a:dear", "9"), candidate("a:free", "0")]

    assert order(Order.COST, *given, candidate("lm_studio:own")) == [
        "a:free",
        "lm_studio:own",
        "a:dear",
        "a:unknown",
    ]


def test_a_price_counts_as_a_usual_call_has_it() -> None:
    """Three quarters of its tokens are asked, one quarter is answered."""
    millionth = Decimal("0.000001")
    asks_cheap = candidate("a:asks-cheap", prices=Prices(millionth, 8 * millionth))
    answers_cheap = candidate("a:answers-cheap", prices=Prices(4 * millionth, millionth))

    assert order(Order.COST, candidate("a:even", "3"), answers_cheap, asks_cheap) == [
        "a:asks-cheap",
        "a:even",
        "a:answers-cheap",
    ]


def test_a_price_per_request_counts() -> None:
    """As if a usual call had a thousand tokens."""
    per_request = candidate("a:per-request", prices=Prices(NOTHING, NOTHING, request=CENT))

    assert order(Order.COST, per_request, candidate("a:ten", "9.9"), candidate("a:free", "0")) == [
        "a:free",
        "a:ten",
        "a:per-request",
    ]
    assert order(Order.COST, candidate("a:dear", "10.1"), per_request)[0] == "a:per-request"


def test_the_best_first() -> None:
    given = [
        candidate("a:unknown"),
        candidate("a:bad", quality=0.0),
        candidate("a:good", quality=0.9),
    ]
    assert order(Order.QUALITY, *given) == ["a:good", "a:bad", "a:unknown"]


def test_the_quickest_first() -> None:
    health = Health()
    for model, first_token_ms in (("slow", 900), ("quick", 100), ("quick", 200)):
        health.ended(Attempt(ModelRef("a", model), None, None, 1000, first_token_ms))
    given = [candidate("a:unknown"), candidate("a:slow"), candidate("a:quick")]

    assert order(Order.LATENCY, *given, health=health) == ["a:quick", "a:slow", "a:unknown"]


class TestBalance:
    def turns(self, count: int, weights: dict[str, int]) -> list[str]:
        rounds = Rounds()
        given = [candidate("a:x"), candidate("b:y"), candidate("c:z"), candidate("a:z")]
        return [rounds.order(given, weights)[0].ref.provider for _ in range(count)]

    def test_each_provider_has_its_turn(self) -> None:
        assert self.turns(6, {}) == ["a", "b", "c"] * 2

    def test_by_weight_and_evenly_spread(self) -> None:
        assert self.turns(6, {"a": 4}) == ["a", "a", "b", "a", "c", "a"]

    @given(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)))
    def test_shares_are_exact(self, weights: dict[str, int]) -> None:
        shares = {provider: weights.get(provider, 1) for provider in "abc"}

        assert Counter(self.turns(3 * sum(shares.values()), weights)) == {
            provider: 3 * share for provider, share in shares.items()
        }

    def test_others_have_rounds_of_their_own_and_not_too_many_are_remembered(self) -> None:
        rounds = Rounds()
        for number in range(3000):
            rounds.order([candidate(f"p{number}:x"), candidate("b:y")], {})

        assert len(rounds._balances) <= Rounds.BOUND

    def test_one_provider_keeps_its_order(self) -> None:
        given = [candidate("a:x"), candidate("a:y")]

        assert Rounds().order(given, {}) == given


@pytest.mark.parametrize("by", Order)
def test_equals_stay_as_listed(by: Order) -> None:
    given = [candidate(f"a:{name}") for name in "dacb"]

    assert order(by, *given) == ["a:d", "a:a", "a:c", "a:b"]

"""Concession tactics: where they may go, and how each gets there."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.money import CENT, MICRO
from app.negotiation.agents.seat import Priority, SpeakingStyle
from app.negotiation.agents.tactics import (
    AbsoluteTitForTat,
    AveragedTitForTat,
    Exponential,
    MiCRO,
    Mixed,
    Polynomial,
    RelativeTitForTat,
    Situation,
    Tactic,
    buyer_tactic,
    grid_for,
    seller_tactic,
)

PRICES = st.decimals(0, 100_000, places=2)
SHARES = st.floats(0, 1)
BETAS = st.floats(0.05, 20)
TACTICS: st.SearchStrategy[Tactic] = st.one_of(
    st.builds(Polynomial, BETAS, SHARES),
    st.builds(Exponential, BETAS, st.floats(0.001, 1)),
    st.builds(RelativeTitForTat, st.integers(1, 3)),
    st.builds(AbsoluteTitForTat, st.integers(1, 3), SHARES),
    st.builds(AveragedTitForTat, st.integers(1, 4)),
    st.builds(MiCRO, st.integers(1, 20)),
    st.builds(Mixed, st.builds(RelativeTitForTat), st.builds(Polynomial, BETAS), SHARES),
    st.builds(
        seller_tactic,
        st.sampled_from(Priority),
        st.sampled_from(SpeakingStyle),
        seed=st.integers(0),
        name=st.text(),
        rounds=st.integers(1, 100),
    ),
    st.builds(buyer_tactic, seed=st.integers(0)),
)


def seller(
    time: float, mine: tuple[int, ...] = (), theirs: tuple[int, ...] = (), seed: int = 0
) -> Situation:
    """A seller that hopes for 200 and would take 100."""
    return Situation(
        Decimal(200),
        Decimal(100),
        time,
        tuple(map(Decimal, mine)),
        tuple(map(Decimal, theirs)),
        seed,
    )


def buyer(time: float, mine: tuple[int, ...] = (), theirs: tuple[int, ...] = ()) -> Situation:
    """A buyer that hopes for 100 and would pay 200."""
    return Situation(
        Decimal(100), Decimal(200), time, tuple(map(Decimal, mine)), tuple(map(Decimal, theirs))
    )


@given(TACTICS, PRICES, PRICES, SHARES, st.lists(PRICES), st.lists(PRICES), st.integers())
def test_every_price_lies_between_hope_and_limit_and_takes_nothing_back(
    tactic: Tactic,
    aspiration: Decimal,
    reservation: Decimal,
    time: float,
    mine: list[Decimal],
    theirs: list[Decimal],
    seed: int,
) -> None:
    situation = Situation(aspiration, reservation, time, tuple(mine), tuple(theirs), seed)
    price = tactic.next_price(situation)
    assert min(situation.standing, reservation) <= price <= max(situation.standing, reservation)
    assert min(aspiration, reservation) <= price <= max(aspiration, reservation)
    assert price == tactic.next_price(situation)


@given(TACTICS, st.lists(PRICES, min_size=10, max_size=10), st.booleans())
def test_ten_rounds_concede_step_by_step(
    tactic: Tactic, theirs: list[Decimal], selling: bool
) -> None:
    ends = (Decimal(200), Decimal(100)) if selling else (Decimal(100), Decimal(200))
    mine: tuple[Decimal, ...] = ()
    for step in range(10):
        situation = Situation(*ends, step / 9, mine, tuple(theirs[: step + 1]))
        mine = (*mine, tactic.next_price(situation))
    assert list(mine) == sorted(mine, reverse=selling)


@pytest.mark.parametrize(
    ("tactic", "halfway"),
    [
        (Polynomial(beta=0.5), "175"),
        (Polynomial(beta=1), "150"),
        (Polynomial(beta=2), "129.289322"),
        (Polynomial(beta=1, k=0.2), "140"),
        (Exponential(beta=1, k=0.04), "180"),
    ],
)
def test_the_clock_decides_how_much_is_conceded(tactic: Tactic, halfway: str) -> None:
    assert tactic.next_price(seller(0.5)) == Decimal(halfway)
    assert tactic.next_price(buyer(0.5)) == 300 - Decimal(halfway)
    assert tactic.next_price(seller(1)) == 100
    assert tactic.next_price(buyer(1)) == 200


def test_the_first_offer_concedes_k() -> None:
    assert Polynomial(beta=3, k=0.1).next_price(seller(0)) == 190
    assert Exponential(beta=3, k=0.1).next_price(seller(0)) == 190
    assert Exponential(beta=3, k=0.1).next_price(buyer(0)) == 110


@pytest.mark.parametrize("tactic", [RelativeTitForTat(), AbsoluteTitForTat(), AveragedTitForTat()])
def test_tit_for_tat_gives_as_it_gets(tactic: Tactic) -> None:
    assert tactic.next_price(seller(0.5, theirs=(100,))) == 200
    assert tactic.next_price(seller(0.5, (180,), (100, 100))) == 180
    assert tactic.next_price(seller(0.5, (180,), (100, 90))) == 180
    assert 100 <= tactic.next_price(seller(0.5, (180,), (100, 120))) < 180
    assert tactic.next_price(buyer(0.5, (120,), (200, 150))) > 120


def test_the_three_kinds_of_tit_for_tat_measure_differently() -> None:
    raised = seller(0.5, (180,), (80, 100, 125))
    assert RelativeTitForTat().next_price(raised) == 144
    assert RelativeTitForTat(delta=2).next_price(raised) == 144
    assert AveragedTitForTat(window=2).next_price(raised) == Decimal("115.2")
    assert AbsoluteTitForTat().next_price(raised) == 155
    assert AbsoluteTitForTat(delta=2).next_price(raised) == 160
    assert RelativeTitForTat().next_price(seller(0.5, (180,), (0, 0))) == 180


def test_luck_frees_two_that_imitate_each_other() -> None:
    stuck = [seller(0.5, (180,), (100, 100), seed) for seed in range(20)]
    prices = {AbsoluteTitForTat(extra=0.1).next_price(situation) for situation in stuck}
    assert all(170 <= price <= 180 for price in prices)
    assert len(prices) > 10


def test_micro_moves_only_in_return_for_a_new_offer() -> None:
    tactic = MiCRO(steps=10)
    assert tactic.next_price(seller(0)) == 200
    assert tactic.next_price(seller(0, (200,))) == 200
    assert tactic.next_price(seller(0, (200,), (100,))) == 190
    assert tactic.next_price(seller(0, (200, 190), (100, 100))) == 190
    assert tactic.next_price(seller(0, (200, 190), (100, 110))) == 180


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Polynomial(beta=0),
        lambda: Polynomial(beta=1, k=1.1),
        lambda: Exponential(beta=1, k=0),
        lambda: MiCRO(steps=0),
        lambda: Mixed(MiCRO(), MiCRO(), weight=2),
    ],
)
def test_parameters_without_a_meaning_are_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match="must be"):
        wrong()


def test_who_wants_to_keep_a_customer_concedes_earlier() -> None:
    def halfway(priority: Priority, seed: int) -> Decimal:
        tactic = seller_tactic(priority, SpeakingStyle.NEUTRAL, seed=seed, name="A", rounds=10)
        theirs = tuple(map(Decimal, (90, 95, 100, 104, 108)))
        mine: tuple[Decimal, ...] = ()
        for step in range(5):
            now = Situation(Decimal(200), Decimal(100), step / 9, mine, theirs[: step + 1])
            mine = (*mine, tactic.next_price(now))
        return mine[-1]

    for seed in range(30):
        assert halfway(Priority.CUSTOMER_RETENTION, seed) < halfway(Priority.MAXIMIZE_PROFIT, seed)


@given(st.decimals("0.000001", 1_000_000, places=6), PRICES)
def test_prices_are_as_round_as_their_room_allows(room: Decimal, price: Decimal) -> None:
    grid = grid_for(room)
    assert MICRO <= grid.tick <= max(room / 2, MICRO)
    assert (grid.tick % CENT == 0) == (room >= 2 * CENT)
    assert price - grid.tick < grid.down(price) <= price <= grid.up(price) < price + grid.tick
    assert price - grid.tick <= grid.below(price) < price < grid.above(price) <= price + grid.tick

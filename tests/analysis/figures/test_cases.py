"""Runs that aren't like the example: no deal, imposed deals, other ends, other curves."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.analysis.figures import EndedBy, Fact, Shape, Unit, facts, figures
from app.analysis.figures.fit import fitted_beta, shape_of
from app.negotiation import AnyEvent, Outcome, RunFailed, TurnPassed, Verdict
from tests.analysis.figures.runs import (
    EXAMPLE,
    GADGET,
    TECH,
    bought,
    buyer,
    ended,
    finished,
    seller,
    told,
)

ROUND = told([{"TechStore": "1000", "GadgetHub": "1150"}])


def test_without_a_deal_everything_is_left() -> None:
    found = figures(finished([*ROUND, *ended(Verdict.REJECT, 1)]))
    assert found.deal is None
    assert [found.gains.realised, found.gains.left, found.gains.efficiency] == [0, 640, 0]
    assert found.bargain is not None
    assert (found.bargain.seller_name, found.bargain.nash.distance) == ("TechStore", None)
    assert found.anchors[0].above_deal is None


def test_where_nothing_could_be_gained_nothing_is_left() -> None:
    found = figures(finished([*ROUND, *ended(Verdict.REJECT, 1)], of=buyer(most="750")))
    assert [zone.exists for zone in found.zones] == [False, False]
    assert found.zones[0].width == -30
    assert [found.gains.attainable, found.gains.left, found.gains.efficiency] == [0, 0, None]
    assert found.bargain is None
    assert found.anchors[0].above_middle is None


def test_a_dearer_seller_and_fewer_units_leave_something() -> None:
    dearer = figures(finished([*ROUND, *bought(GADGET.seller_id, "1000", 2, 1)]))
    assert [dearer.gains.realised, dearer.gains.left] == [560, 80]
    assert dearer.gains.efficiency == Decimal("0.875")
    fewer = figures(finished([*ROUND, *bought(TECH.seller_id, "1000", 1, 1)]))
    assert [fewer.gains.realised, fewer.gains.left] == [320, 320]


def test_a_small_stock_makes_another_seller_the_best_and_moves_no_solution() -> None:
    short = replace(TECH, stock=1)
    found = figures(finished([*ROUND, *bought(TECH.seller_id, "900", 1, 1)],
                             sellers=(short, GADGET)))  # fmt: skip
    assert found.gains.best_seller_id == GADGET.seller_id
    assert [found.gains.attainable, found.gains.realised] == [560, 320]
    assert found.bargain is not None
    assert found.bargain.nash.price == 940
    assert found.bargain.kalai_smorodinsky.price == Decimal("926.440678")


def test_both_solutions_are_the_middle_when_nothing_is_cut_off() -> None:
    wide = seller(0, "TechStore", cost="650", least="780", selling="1100")
    found = figures(finished(ROUND, sellers=(wide, GADGET))).bargain
    assert found is not None
    assert found.nash.price == found.kalai_smorodinsky.price == 940


def test_a_price_that_a_person_imposed_may_lie_outside_the_zone() -> None:
    found = figures(finished([*ROUND, *bought(TECH.seller_id, "740", 2, 1, by_human=True)]))
    assert found.deal is not None
    assert found.deal.by_person
    assert (found.deal.buyer_share, found.deal.seller_share) == (
        Decimal("1.125"), Decimal("-0.125"),
    )  # fmt: skip
    assert found.curves[0].steps == ()
    assert found.course.ended_by is EndedBy.PERSON
    assert found.course.last_mover is not None
    assert found.course.last_mover.agent_id is None


FAILED = RunFailed(code="X", message="no model")


@pytest.mark.parametrize(
    ("ending", "seconds", "by"),
    [
        (ended(Verdict.REJECT, 1), 1.0, EndedBy.WALKING_AWAY),
        (ended(Verdict.NO_DEAL, 1), 1.0, EndedBy.LAST_ROUND),
        (ended(Verdict.NO_DEAL, 1), 60.0, EndedBy.TIME_OUT),
        (ended(Verdict.NO_DEAL, 1, by_human=True), 1.0, EndedBy.PERSON),
        ((FAILED, *ended(Verdict.NO_DEAL, 1, Outcome.ABORTED)), 1.0, EndedBy.FAILURE),
        ((FAILED, *ended(Verdict.NO_DEAL, 1)), 1.0, EndedBy.FAILURE),
        ((), 1.0, EndedBy.UNFINISHED),
    ],
)
def test_what_settled_a_run(ending: tuple[AnyEvent, ...], seconds: float, by: EndedBy) -> None:
    found = figures(finished([*ROUND, *ending], seconds_to_decision=seconds))
    assert found.course.ended_by is by


def test_a_pass_is_a_turn_without_a_message() -> None:
    passed = TurnPassed(seller_id=GADGET.seller_id, code="X", reason="none", round=1)
    course = figures(finished([*told([{"TechStore": "1000"}]), passed])).course
    assert (course.turns, course.messages, course.passes) == (3, 2, 1)
    assert course.activity[2].passes == 1


def test_a_concession_taken_back_counts_below_zero() -> None:
    rounds = [{"TechStore": price} for price in ("1000", "900", "950")]
    found = figures(finished(told(rounds)))
    assert [step.concession for step in found.curves[1].steps] == [0, 100, -50]
    assert found.curves[1].total == 50
    assert found.course.last_concession is not None
    assert found.course.last_concession.event_id == found.curves[1].steps[1].event_id


@pytest.mark.parametrize(
    ("beta", "shape"),
    [("0.25", Shape.BOULWARE), ("1", Shape.LINEAR), ("4", Shape.CONCEDER)],
)
@pytest.mark.parametrize("first", [0.0, 0.2])
def test_a_curve_that_follows_the_formula_gets_its_exponent_back(
    beta: str, shape: Shape, first: float
) -> None:
    times = [place / 9 for place in range(10)]
    fitted = fitted_beta([(t, first + (1 - first) * t ** (1 / float(beta))) for t in times])
    assert fitted == Decimal(beta)
    assert shape_of(fitted) is shape


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(0.0, 0.3)],
        [(0.0, 0.3), (0.4, 0.3), (0.7, 0.3), (1.0, 0.9)],  # held, then gave in at the deadline
        [(0.0, 0.0), (0.4, 1.0), (0.7, 1.0)],  # at its limit at once
        [(0.0, 1.0), (0.4, 1.0), (0.7, 1.0)],
        [(1.0, 0.2), (1.0, 0.4)],
    ],
)
def test_where_no_curve_can_be_fitted_there_is_no_exponent(
    points: list[tuple[float, float]],
) -> None:
    assert fitted_beta(points) is None
    assert shape_of(None) is None


def test_facts_are_what_the_run_holds_and_nothing_near_it() -> None:
    dollars = {fact.value for fact in facts(EXAMPLE, figures(EXAMPLE)) if fact.unit is Unit.USD}
    shares = {fact.value for fact in facts(EXAMPLE, figures(EXAMPLE)) if fact.unit is Unit.SHARE}
    true = ["900", "1800", "1050", "990", "90", "150", "400", "240", "640", "500", "926.440678"]
    assert dollars.issuperset(map(Decimal, true))
    assert dollars.isdisjoint(map(Decimal, ["905", "1810", "1005", "95", "405", "645", "755"]))
    assert {Decimal("0.625"), Decimal("0.142857")} <= shares  # the price fell by 150 of 1050
    assert Decimal("0.63") not in shares


def test_a_fact_tells_where_it_comes_from() -> None:
    found = facts(EXAMPLE, figures(EXAMPLE))
    assert Fact(Decimal(780), Unit.USD, "zones.0.low") in found
    assert Fact(Decimal(990), Unit.USD, "offers", 10) in found
    assert Fact(Decimal(3), Unit.ROUND, "course.rounds") in found
    assert not [fact for fact in found if fact.figure.endswith("event_id")]

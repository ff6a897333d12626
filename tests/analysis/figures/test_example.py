"""One run whose figures are worked out by hand, from the formulas in the modules.

Alice needs 2 and pays 700 to 1100. TechStore: cost 650, least 780, tag 1050. GadgetHub: cost 700,
least 820, tag 1200. TechStore asks 1050, 990 and 900 in three of at most four rounds, and sells.
"""

import math
from decimal import Decimal

import pytest

from app.analysis.figures import EndedBy, Shape, Solution, figures
from tests.analysis.figures.runs import EXAMPLE, GADGET, SECONDS, TECH

FOUND = figures(EXAMPLE)
TECH_CURVE, GADGET_CURVE = FOUND.curves[1:]


def test_the_zone_reaches_from_least_price_to_limit() -> None:
    tech, gadget = FOUND.zones
    assert [tech.low, tech.high, tech.width] == [780, 1100, 320]
    assert tech.width_over_cost == 1100 - 650
    assert [tech.lowest_price, tech.highest_price] == [780, 1050]  # the tag cuts it off
    assert [tech.quantity, tech.attainable_surplus] == [2, 640]
    assert [gadget.width, gadget.attainable_surplus] == [280, 560]


def test_the_deal_divides_the_zone() -> None:
    deal = FOUND.deal
    assert deal is not None
    assert [deal.price, deal.quantity, deal.total] == [900, 2, 1800]
    assert deal.buyer_surplus == (1100 - 900) * 2
    assert deal.seller_surplus == (900 - 780) * 2
    assert deal.seller_profit == (900 - 650) * 2
    assert deal.joint_surplus == 640
    assert (deal.buyer_share, deal.seller_share) == (Decimal("0.625"), Decimal("0.375"))


def test_with_the_best_seller_nothing_is_left() -> None:
    gains = FOUND.gains
    assert gains.best_seller_id == TECH.seller_id
    assert [gains.attainable, gains.realised, gains.left, gains.efficiency] == [640, 640, 0, 1]


def test_nash_calls_for_the_middle_and_kalai_smorodinsky_lean_from_the_cut_end() -> None:
    bargain = FOUND.bargain
    assert bargain is not None
    assert bargain.nash == Solution(Decimal(940), Decimal(40), Decimal("0.125"), "buyer")
    # ideal gains 1050 − 780 = 270 and 1100 − 780 = 320: 780 + 320 · 270/590
    assert bargain.kalai_smorodinsky.price == Decimal("926.440678")
    assert bargain.kalai_smorodinsky.distance == Decimal("26.440678")
    assert bargain.kalai_smorodinsky.distance_share == Decimal("0.082627")


def test_anchors_stand_against_middle_and_deal() -> None:
    tech, gadget = FOUND.anchors
    assert (tech.opened, gadget.opened) == (True, False)
    assert [tech.event_id, tech.round, tech.first_price, tech.last_price] == [4, 1, 1050, 900]
    assert [tech.above_last, tech.above_middle, tech.above_deal] == [150, 110, 150]
    assert [gadget.above_last, gadget.above_middle, gadget.above_deal] == [50, 240, 300]


def test_concessions_are_counted_from_offer_to_offer() -> None:
    assert [step.concession for step in TECH_CURVE.steps] == [0, 60, 90]
    assert [step.event_id for step in TECH_CURVE.steps] == [4, 10, 15]
    assert [step.time for step in TECH_CURVE.steps] == [
        Decimal(0), Decimal("0.333333"), Decimal("0.666667"),
    ]  # fmt: skip
    assert TECH_CURVE.total == 150
    assert TECH_CURVE.total_share == Decimal("0.555556")  # 150 of 1050 − 780


def test_the_exponent_is_the_least_squares_fit_on_logarithms() -> None:
    x = [math.log(1 / 3), math.log(2 / 3)]
    y = [math.log(60 / 270), math.log(150 / 270)]
    beta = sum(a * a for a in x) / sum(a * b for a, b in zip(x, y, strict=True))
    assert TECH_CURVE.beta == Decimal("0.73")
    assert beta == pytest.approx(0.7253, abs=1e-4)
    assert TECH_CURVE.shape is Shape.BOULWARE


def test_one_concession_fits_no_curve() -> None:
    assert [GADGET_CURVE.total, GADGET_CURVE.beta, GADGET_CURVE.shape] == [50, None, None]


def test_the_buyers_curve_is_its_acceptance() -> None:
    [step] = FOUND.curves[0].steps
    assert [step.event_id, step.round, step.price, step.concession] == [18, 3, 900, 0]
    assert step.conceded == Decimal("0.5")  # from 700 to 1100


def test_the_course_is_counted() -> None:
    course = FOUND.course
    assert (course.rounds, course.max_rounds, course.seconds) == (3, 4, SECONDS)
    assert (course.turns, course.messages, course.offers, course.passes) == (9, 9, 5, 0)
    assert [(a.name, a.messages, a.offers) for a in course.activity] == [
        ("Alice", 3, 0), ("TechStore", 3, 3), ("GadgetHub", 3, 2),
    ]  # fmt: skip
    assert course.last_mover is not None
    assert (course.last_mover.name, course.last_mover.event_id) == ("Alice", 18)
    assert course.last_concession is not None
    assert course.last_concession.agent_id == GADGET.seller_id
    assert (course.ended_by, course.ended_event_id) == (EndedBy.ACCEPTANCE, 18)

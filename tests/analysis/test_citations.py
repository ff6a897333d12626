"""What a judgement may cite."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.judgement import Judgement
from app.analysis.record import record_of
from app.negotiation import Verdict
from tests.analysis.figures.runs import EXAMPLE, GADGET, TECH, bought, ended, finished, told

Json = dict[str, Any]

RECORD = record_of(EXAMPLE)
CHECK = RECORD.check()
STRANGER = str(UUID(int=77))

# The places of EXAMPLE: 1 round, 2 buyer, 3 TechStore, 4 its offer, 5 GadgetHub, 6 its offer, …


def said(**changes: Any) -> Json:
    side = {
        "strategy": "Patience.",
        "effectiveness": 60,
        "what_went_well": [],
        "what_to_improve": [],
    }
    good = {
        "quality_score": 70,
        "buyer": side,
        "sellers": [{"seller_id": str(s.seller_id), **side} for s in (TECH, GADGET)],
        "turning_points": [{"event_ids": [4], "text": "TechStore asked $1,050."}],
        "tactics": [{"name": "Asking", "by": "buyer", "event_ids": [2], "text": "It asked all."}],
        "recommendations": [{"text": "Open lower.", "figure": "deal"}],
        "narrative": "Sold at $900 in round 3.",
        "best_offer": {"event_id": 4, "text": "It was $1,050."},
        "deal_winner": "buyer",
    }
    return {**good, **changes}


def problems(**changes: Any) -> str:
    return "\n".join(CHECK(Judgement.model_validate(said(**changes))))


def test_what_stands_in_the_record_is_accepted() -> None:
    assert problems() == ""


def _side(**changes: Any) -> Json:
    return {**said()["buyer"], **changes}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"turning_points": [{"event_ids": [4711], "text": "x"}]}, "no event 4711"),
        ({"turning_points": [{"event_ids": [1], "text": "x"}]}, "round_start"),
        ({"tactics": [{**said()["tactics"][0], "event_ids": [4]}]}, "none of events [4] is by"),
        ({"tactics": [{**said()["tactics"][0], "by": STRANGER}]}, f"no seller {STRANGER}"),
        (
            {"tactics": [{**said()["tactics"][0], "by": str(GADGET.seller_id), "event_ids": [3]}]},
            "is by",
        ),
        ({"sellers": said()["sellers"][:1]}, "isn't judged"),
        ({"sellers": said()["sellers"][:1] * 2}, "judged twice"),
        ({"best_offer": None}, "name the best of them"),
        ({"best_offer": {"event_id": 2, "text": "x"}}, "event 2 is no offer"),
        ({"deal_winner": "seller"}, "larger share"),
        ({"deal_winner": "none"}, "there was a deal"),
        ({"recommendations": [{"text": "x", "figure": "luck"}]}, "no figure 'luck'"),
        ({"narrative": "Sold at $901."}, "narrative: '$901'"),
        ({"narrative": "Sold in round 4."}, "'round 4'"),
        ({"buyer": _side(strategy="Saved $77.")}, "buyer: '$77'"),
        ({"buyer": _side(what_went_well=["Saved 77%."])}, "buyer: '77%'"),
        ({"best_offer": {"event_id": 4, "text": "It was $1."}}, "best_offer: '$1'"),
    ],
)
def test_what_doesnt_is_named(changes: Json, why: str) -> None:
    assert why in problems(**changes)


def test_its_own_scores_may_be_repeated() -> None:
    assert problems(narrative="A negotiation of 70, and 60 for the buyer.") == ""


def test_nobody_wins_where_there_was_no_deal() -> None:
    run = finished(told([{"TechStore": "1000"}], *ended(Verdict.REJECT, 1)))
    check = record_of(run).check()
    told_so = said(narrative="No deal.", turning_points=[], best_offer={"event_id": 4, "text": "x"})

    for winner in ("buyer", "seller", "balanced"):
        found = check(Judgement.model_validate({**told_so, "deal_winner": winner}))
        assert "deal_winner: there was no deal" in found
    assert check(Judgement.model_validate({**told_so, "deal_winner": "none"})) == []


@given(st.integers(-5, 500))
def test_only_events_of_the_record_can_be_cited(event_id: int) -> None:
    found = problems(turning_points=[{"event_ids": [event_id], "text": "x"}])
    known = {each.seq for each in EXAMPLE.events}
    assert (f"no event {event_id} " in found) == (event_id not in known)


@given(st.integers(780, 1100).map(Decimal))
def test_the_winner_is_of_the_figures(price: Decimal) -> None:
    run = finished(told([{"TechStore": str(price)}], *bought(TECH.seller_id, str(price), 2, 1)))
    record = record_of(run)
    assert record.figures.deal is not None
    share = record.figures.deal.buyer_share
    assert share is not None
    wrong = {"buyer": share < Decimal("0.5"), "seller": share > Decimal("0.5"), "balanced": False}
    for winner, expected in wrong.items():
        found = record.check()(Judgement.model_validate(said(deal_winner=winner)))
        assert any(problem.startswith("deal_winner") for problem in found) is expected


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(quality_score=101),
        lambda body: body.update(narrative=""),
        lambda body: body.update(narrative="x" * 3001),
        lambda body: body.update(extra=1),
        lambda body: body.update(turning_points=[{"event_ids": [], "text": "x"}]),
        lambda body: body.update(recommendations=[]),
        lambda body: body.pop("best_offer"),
    ],
)
def test_every_field_has_its_bounds(change: Callable[[Json], object]) -> None:
    body = said()
    change(body)
    with pytest.raises(ValueError, match="validation error"):
        Judgement.model_validate(body)

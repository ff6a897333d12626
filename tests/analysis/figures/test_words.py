"""Figures in words: what is shown where no model judges."""

from decimal import Decimal

import pytest

from app.analysis.figures import (
    Unit,
    compare,
    facts_together,
    figures,
    figures_summary,
    overall,
    recommendations,
    winner,
)
from app.analysis.figures.wording import count, lasting, listed, percent, usd
from app.negotiation import Verdict
from tests.analysis.figures.runs import EXAMPLE, GADGET, TECH, bought, ended, finished, told

SOLD = figures(EXAMPLE)
DEAR = figures(
    finished(told([{"GadgetHub": "1200"}, {"GadgetHub": "1050"}],
                  *bought(GADGET.seller_id, "1050", 2, 2)), number=2)
)  # fmt: skip
WALKED = figures(
    finished(told([{"TechStore": "1000"}], *ended(Verdict.REJECT, 1)), number=3, item="Mouse")
)
OUT_OF_ROUNDS = figures(finished(told([{"TechStore": "1000"}], *ended(Verdict.NO_DEAL, 1))))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("1234.5", "$1,234.50"),
        ("1.0005", "$1.0005"),
        ("926.440678", "$926.44"),
        ("0.000012", "$0.000012"),
        ("-30", "-$30.00"),
    ],
)
def test_amounts(amount: str, shown: str) -> None:
    assert usd(Decimal(amount)) == shown


def test_shares_counts_and_times() -> None:
    assert [percent(Decimal(share)) for share in ("0.625", "1", "0.082627")] == [
        "62.5%", "100%", "8.3%",
    ]  # fmt: skip
    assert [count(1, "pass"), count(2, "pass"), count(1000, "unit")] == [
        "1 pass", "2 passes", "1,000 units",
    ]  # fmt: skip
    assert [lasting(0.2), lasting(61.24)] == ["under a second", "61.2 seconds"]
    assert [listed(["A"]), listed(["A", "B", "C"])] == ["A", "A, B and C"]


def test_a_summary_of_a_deal() -> None:
    told_of = figures_summary(SOLD)
    assert told_of.buyer_analysis.what_went_well == (
        "Paid $400.00 less than its limit allowed.",
        "Kept 62.5% of the zone for itself.",
        "Bought from TechStore, with whom most could be gained.",
        "Got all it needed, 2 units.",
    )
    assert told_of.buyer_analysis.what_to_improve == ()
    assert told_of.seller_analysis.what_to_improve == (
        "TechStore left the buyer 62.5% of the zone.",
        "GadgetHub ended at $1,150.00, $330.00 above its least price and $50.00 above the buyer's "
        "limit.",
    )
    assert told_of.highlights.best_offer == (
        "$900.00 per unit for 2 units, from TechStore in round 3"
    )
    assert told_of.highlights.turning_points == (
        "Round 3: TechStore came down $90.00, the largest step of the run.",
        "Round 3: Alice accepted TechStore's offer.",
    )
    assert told_of.highlights.tactics_used == ("TechStore conceded late (Boulware), β 0.73.",)
    assert told_of.deal_winner == "Alice, with 62.5% of the zone"


def test_a_summary_of_no_deal_is_as_whole() -> None:
    told_of = figures_summary(WALKED)
    assert told_of.narrative.startswith("No deal was made. $640.00 was left on the table.")
    assert told_of.buyer_analysis.what_to_improve == (
        "Left $640.00 on the table: a deal with TechStore was possible.",
    )
    assert told_of.deal_winner == "none"


@pytest.mark.parametrize(
    ("price", "won"),
    [("780", "buyer"), ("923", "buyer"), ("925", "balanced"), ("955", "balanced"),
     ("957", "seller"), ("1050", "seller")],
)  # fmt: skip
def test_the_winner_has_the_larger_part_of_the_zone(price: str, won: str) -> None:
    run = finished(told([{"TechStore": price}], *bought(TECH.seller_id, price, 2, 1)))
    assert winner(figures(run)) == won


def test_recommendations_name_their_figures() -> None:
    assert [(advice.figure, advice.text) for advice in recommendations(DEAR)] == [
        ("deal.buyer_share", "Have the buyer hold out longer: it got 17.9% of the zone, and "
         "GadgetHub could have given $460.00 more."),
        ("gains.left", "Have the buyer press TechStore: $80.00 more could be gained with it, both "
         "sides together."),
    ]  # fmt: skip
    [advice] = recommendations(OUT_OF_ROUNDS)
    assert (advice.figure, advice.text) == (
        "course.rounds",
        "Allow more than 4 rounds, or have a side concede earlier: $640.00 could have been gained "
        "with TechStore.",
    )


def test_a_session_is_summed_up() -> None:
    # attainable 640 three times; realised 640 and 560; the buyer's part (400 + 100) / 1200
    together = overall([SOLD, DEAR, WALKED])
    assert together.performance_insights == (
        "2 of 3 negotiations ended in a deal. Of the $1,920.00 that both sides could gain together,"
        " $1,200.00 was realised (62.5%) and $720.00 left on the table. The buyer's part of the "
        "gains was 41.7%."
    )
    assert together.cross_item_comparison == (
        "Laptop (run 1) went best for the buyer, 62.5% of the zone, and Laptop (run 2) worst, "
        "17.9%. Without a deal: Mouse."
    )
    assert together.recommendations[0].text.startswith("Mouse: Have the buyer bargain on")


def test_what_is_true_of_a_session_is_listed() -> None:
    known = {(fact.figure, fact.unit): fact.value for fact in facts_together([SOLD, DEAR, WALKED])}
    assert known["totals.realised", Unit.USD] == 1200
    assert known["totals.efficiency", Unit.SHARE] == Decimal("0.625")
    assert known["totals.without_deal", Unit.COUNT] == 1
    assert known["totals.spent", Unit.USD] == 1800 + 2100
    assert known["averages.spent", Unit.USD] == 1950
    assert known["totals.rounds", Unit.COUNT] == 3 + 2 + 1
    assert known["averages.buyer_share", Unit.SHARE] == Decimal("0.401786")  # (0.625 + 50/280) / 2
    assert facts_together([])


def test_two_runs_side_by_side() -> None:
    compared = compare(SOLD, DEAR)
    assert compared.same_limits
    rows = {row.figure: row for row in compared.figures}
    price, realised = rows["deal.price"], rows["gains.realised"]
    assert [price.a, price.b, price.difference] == [900, 1050, 150]
    assert (price.buyer, price.seller) == ("a", "b")
    assert price.text == (
        "The price per unit: $900.00 in the first run, $1,050.00 in the second, $150.00 more; the "
        "buyer is better off with the first and the seller is better off with the second."
    )
    assert (realised.buyer, realised.seller) == ("a", "a")
    assert realised.text == (
        "What both gained together: $640.00 in the first run, $560.00 in the second, $80.00 less; "
        "both sides are better off with the first."
    )
    assert rows["gains.left"].buyer == "a"
    assert rows["gains.efficiency"].text.startswith(
        "The efficiency: 100% in the first run, 87.5% in the second, 12.5 points less"
    )
    assert rows["deal.quantity"].text == "The quantity: 2 in both runs."
    assert (rows["course.rounds"].buyer, rows["deal.quantity"].buyer) == (None, "equal")


def test_a_deal_beside_none() -> None:
    rows = {row.figure: row for row in compare(WALKED, SOLD).figures}
    assert rows["deal.price"].text == (
        "The price per unit: $900.00 in the second run; the first has none."
    )
    assert rows["deal.price"].difference is None
    assert rows["deal.buyer_surplus"].buyer == "b"
    assert not compare(WALKED, SOLD).same_limits  # another item

"""What holds of the figures of every market, and of every log that a room takes."""

import re
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.analysis.figures import (
    RunFigures,
    compare,
    facts,
    figures,
    figures_summary,
    overall,
    recommendations,
    sentences,
    winner,
)
from app.kit.money import CENT
from app.negotiation import AnyEvent, FinishedRun, FinishedSeller, Verdict
from tests.analysis.figures.runs import bought, buyer, ended, finished, seller, told
from tests.negotiation.market import SELLERS
from tests.negotiation.test_room_properties import RULES, logs

TINY = Decimal("0.000002")  # each of two figures is rounded to a millionth

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def rising(draw: st.DrawFn, count: int) -> list[Decimal]:
    """Different prices in cents, in order."""
    cents = draw(st.lists(st.integers(1, 100_000), min_size=count, max_size=count, unique=True))
    return [Decimal(price) / 100 for price in sorted(cents)]


@st.composite
def sellers(draw: st.DrawFn, number: int) -> FinishedSeller:
    cost, least, selling = draw(rising(3))
    return seller(number, f"Seller {number}", cost=str(cost), least=str(least),
                  selling=str(selling), stock=draw(st.integers(1, 9)))  # fmt: skip


@st.composite
def markets(draw: st.DrawFn) -> FinishedRun:
    """Some rounds of offers between least price and tag, and no deal; often none is possible."""
    low, high = draw(rising(2))
    wanted = buyer(least=str(low), most=str(high), needed=draw(st.integers(1, 9)))
    people = tuple(draw(sellers(number)) for number in range(draw(st.integers(1, 3))))
    rounds = _rounds(draw, people)
    log = told(rounds, *ended(Verdict.REJECT, len(rounds)), sellers=people)
    return finished(log, of=wanted, sellers=people)


@st.composite
def deals(draw: st.DrawFn) -> FinishedRun:
    """The same with a legal deal: the buyer's limits are drawn around what one seller takes."""
    people = tuple(draw(sellers(number)) for number in range(draw(st.integers(1, 3))))
    chosen = draw(st.sampled_from(people))
    high = draw(_between(chosen.least_price + CENT, chosen.selling_price * 2))
    low = draw(_between(Decimal(0), min(high, chosen.selling_price) - CENT))
    price = draw(_between(max(low, chosen.least_price), min(high, chosen.selling_price)))
    needed = draw(st.integers(1, 9))
    units = draw(st.integers(1, min(chosen.stock, needed)))
    rounds = _rounds(draw, people)
    log = told(rounds, *bought(chosen.seller_id, str(price), units, len(rounds)), sellers=people)
    wanted = buyer(least=str(low), most=str(high), needed=needed)
    return finished(log, of=wanted, sellers=people)


def _rounds(draw: st.DrawFn, people: tuple[FinishedSeller, ...]) -> list[dict[str, str]]:
    return [
        {
            one.name: str(draw(_between(one.least_price, one.selling_price)))
            for one in people
            if draw(st.booleans())
        }
        for _ in range(draw(st.integers(1, 4)))
    ]


def _between(low: Decimal, high: Decimal) -> st.SearchStrategy[Decimal]:
    """In cents."""
    return st.integers(int(low * 100), int(high * 100)).map(lambda cents: Decimal(cents) / 100)


def scaled(run: FinishedRun, by: int) -> FinishedRun:
    """The same run in a currency of which one dollar is `by`."""

    def event(one: AnyEvent) -> AnyEvent:
        changed = {}
        for name in ("terms", "offer"):
            terms = getattr(one, name, None)
            if terms is not None:
                changed[name] = replace(terms, price=terms.price * by)
        return one.model_copy(update=changed)

    return replace(
        run,
        buyer=replace(
            run.buyer, min_price=run.buyer.min_price * by, max_price=run.buyer.max_price * by
        ),
        sellers=tuple(
            replace(
                one,
                cost_price=one.cost_price * by,
                least_price=one.least_price * by,
                selling_price=one.selling_price * by,
            )
            for one in run.sellers
        ),
        events=tuple(replace(entry, event=event(entry.event)) for entry in run.events),
    )


@quick
@given(deals())
def test_the_surpluses_add_up_to_the_zone(run: FinishedRun) -> None:
    found = figures(run)
    deal = found.deal
    assert deal is not None
    zone = found.zone(deal.seller_id)
    assert deal.buyer_surplus + deal.seller_surplus == zone.width * deal.quantity
    assert deal.joint_surplus <= zone.attainable_surplus
    assert deal.buyer_share is not None
    assert deal.seller_share is not None
    assert 0 <= deal.buyer_share <= 1
    assert 0 <= deal.seller_share <= 1
    assert abs(deal.buyer_share + deal.seller_share - 1) <= TINY


@quick
@given(markets() | deals())
def test_nothing_is_gained_that_was_not_there(run: FinishedRun) -> None:
    gains = figures(run).gains
    assert gains.left >= 0
    assert gains.left + gains.realised == gains.attainable
    assert gains.efficiency is None or 0 <= gains.efficiency <= 1
    assert (gains.efficiency is None) == (gains.attainable == 0)


@quick
@given(deals())
def test_solutions_lie_where_both_may_name_them(run: FinishedRun) -> None:
    bargain = figures(run).bargain
    assert bargain is not None
    zone = figures(run).zone(bargain.seller_id)
    for solution in (bargain.nash, bargain.kalai_smorodinsky):
        assert zone.lowest_price - TINY <= solution.price <= zone.highest_price + TINY
    best = (zone.high - bargain.nash.price) * (bargain.nash.price - zone.low)
    for place in range(11):
        price = zone.lowest_price + (zone.highest_price - zone.lowest_price) * place / 10
        assert (zone.high - price) * (price - zone.low) <= best + TINY * zone.high


@quick
@given(deals())
def test_the_distance_is_none_at_the_solution(run: FinishedRun) -> None:
    bargain = figures(run).bargain
    assert bargain is not None
    for solution, name in ((bargain.nash, "nash"), (bargain.kalai_smorodinsky,) * 2):
        at_it = bought(bargain.seller_id, str(solution.price), 1, 1)
        there = figures(finished(at_it, of=run.buyer, sellers=run.sellers)).bargain
        assert there is not None
        same = there.nash if name == "nash" else there.kalai_smorodinsky
        assert same.distance == same.distance_share == 0
        assert same.favoured == "neither"


@quick
@given(markets() | deals(), st.sampled_from([2, 10, 250]))
def test_the_currency_makes_no_difference(run: FinishedRun, by: int) -> None:
    one, other = figures(run), figures(scaled(run, by))
    assert one.gains.left * by == other.gains.left
    assert one.gains.efficiency == other.gains.efficiency
    assert one.gains.best_seller_id == other.gains.best_seller_id
    assert [(c.beta, c.shape, c.total_share) for c in one.curves] == [
        (c.beta, c.shape, c.total_share) for c in other.curves
    ]
    assert (one.deal is None) == (other.deal is None)
    if one.deal and other.deal:
        assert one.deal.buyer_share == other.deal.buyer_share
    if one.bargain and other.bargain:
        ks, scaled_ks = one.bargain.kalai_smorodinsky, other.bargain.kalai_smorodinsky
        assert abs(ks.price * by - scaled_ks.price) <= by * TINY


_AMOUNT = re.compile(r"(?P<money>\$)?(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<percent>%| points)?")


def numbers_hold(text: str, run: FinishedRun, found: RunFigures) -> None:
    """Every dollar and every percentage of our own words is a fact, to the digits shown."""
    known = [(fact.unit, fact.value) for fact in facts(run, found)]
    for match in _AMOUNT.finditer(re.sub(r"Seller \d", "", text)):
        number = Decimal(match["digits"].replace(",", ""))
        half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
        if match["money"]:
            true = [value for unit, value in known if unit == "usd"]
        elif match["percent"]:
            shares = [value for unit, value in known if unit == "share"]
            true = [*(value * 100 for value in shares), *((1 - value) * 100 for value in shares)]
        else:
            true = [value for unit, value in known if unit not in {"usd", "share"}]
        assert any(abs(value - number) <= half for value in true), (match[0], text)


@settings(quick, max_examples=40)
@given(markets() | deals())
def test_every_number_in_our_words_is_a_fact(run: FinishedRun) -> None:
    found = figures(run)
    told_of = figures_summary(found)
    for text in (
        *(sentence.text for sentence in sentences(found)),
        *(advice.text for advice in recommendations(found)),
        told_of.narrative,
        *told_of.buyer_analysis.what_went_well,
        *told_of.buyer_analysis.what_to_improve,
        *told_of.seller_analysis.what_went_well,
        *told_of.seller_analysis.what_to_improve,
        told_of.highlights.best_offer,
        *told_of.highlights.turning_points,
        *told_of.highlights.tactics_used,
        told_of.deal_winner,
    ):
        numbers_hold(text, run, found)


@quick
@given(markets() | deals(), deals())
def test_comparing_the_other_way_round_turns_every_difference(
    one: FinishedRun, other: FinishedRun
) -> None:
    a, b = figures(one), figures(other)
    turned = {"a": "b", "b": "a", "equal": "equal", None: None}
    for there, back in zip(compare(a, b).figures, compare(b, a).figures, strict=True):
        assert (there.a, there.b) == (back.b, back.a)
        assert turned[there.buyer] == back.buyer
        assert turned[there.seller] == back.seller
        if there.difference is not None and back.difference is not None:
            assert there.difference == -back.difference


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs())
def test_every_log_has_figures_and_words(log: list[AnyEvent]) -> None:
    """The market of `RULES`: unfinished runs, failures, people and imposed deals too."""
    people = tuple(
        seller(place, f"Seller {place}", cost="7", least="12", selling="30", stock=8)
        for place in range(len(RULES.sellers))
    )
    wanted = buyer(least="10", most="20", needed=5)
    run = finished(log, of=wanted, sellers=people, max_rounds=RULES.max_rounds)
    found = figures(run)

    places = {entry.seq for entry in run.events}
    for sentence in sentences(found):
        assert sentence.text.endswith(".")
        assert places.issuperset(sentence.event_ids)
        assert getattr(found, sentence.figure.partition(".")[0], None) is not None or (
            sentence.figure == "deal"
        )
    assert figures_summary(found).narrative
    assert winner(found) in {"buyer", "seller", "balanced", "none"}
    assert overall([found, found]).performance_insights
    assert compare(found, found).same_limits
    assert all(fact.value >= 0 for fact in facts(run, found))
    assert found.course.messages == sum(one.messages for one in found.course.activity)
    assert {zone.seller_id for zone in found.zones} == set(SELLERS[: len(people)])

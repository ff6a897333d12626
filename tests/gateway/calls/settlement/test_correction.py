"""The rule by which a row is corrected, whatever is told in whichever order."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.gateway.calls.models import LedgerRow
from app.gateway.calls.settlement.correction import correct, unsettled
from app.llm import Amount, Usage

counts = st.integers(0, 10_000)
costs = st.decimals(0, 10, places=6, allow_nan=False)


@st.composite
def attempts(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        attempt: dict[str, Any] = {"provider": "openrouter"}
        if draw(st.booleans()):
            attempt |= {
                "prompt_tokens": draw(counts),
                "completion_tokens": draw(counts),
                "cost_usd": draw(st.none() | costs.map(str)),
                "estimated": draw(st.booleans()),
            }
        if draw(st.booleans()):
            attempt["generation_id"] = f"gen-{number}"
        made.append(attempt)
    return made


def row(tried: list[dict[str, Any]]) -> LedgerRow:
    heard = [attempt for attempt in tried if "prompt_tokens" in attempt]
    told = [attempt["cost_usd"] for attempt in heard]
    return LedgerRow(
        attempts=tried,
        prompt_tokens=sum(attempt["prompt_tokens"] for attempt in heard),
        completion_tokens=sum(attempt["completion_tokens"] for attempt in heard),
        cached_tokens=0,
        cache_write_tokens=0,
        reasoning_tokens=0,
        cost_usd=None if None in told else sum(map(Decimal, told), Decimal(0)),
        estimated=any(attempt["estimated"] for attempt in heard),
    )


def amount(of: LedgerRow) -> Amount:
    return Amount(of.cost_usd or Decimal(0), of.prompt_tokens + of.completion_tokens)


@given(attempts(), st.data())
def test_the_row_adds_up_and_the_difference_is_told(
    tried: list[dict[str, Any]], data: st.DataObject
) -> None:
    corrected = row(tried)
    before, more = amount(corrected), Amount()
    waiting = [attempt["generation_id"] for attempt in unsettled(tried)]
    for name in data.draw(st.permutations(waiting)):
        told = {name: Usage(data.draw(counts), data.draw(counts), cost=data.draw(costs))}
        more += correct(corrected, told)
        assert correct(corrected, told) == Amount(), "it is corrected already"

    assert amount(corrected) == before + more
    assert amount(corrected) == amount(row(corrected.attempts))
    assert corrected.estimated == row(corrected.attempts).estimated
    assert unsettled(corrected.attempts) == []


@given(attempts())
def test_what_nobody_told_changes_nothing(tried: list[dict[str, Any]]) -> None:
    kept = row(tried)
    before = amount(kept)
    assert correct(kept, {"gen-of-another": Usage(1, 1, cost=Decimal(1))}) == Amount()
    assert (amount(kept), kept.attempts) == (before, tried)

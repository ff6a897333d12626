"""Every rule follows from a figure that stands in the answer, and from enough of it."""

from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insights.performance.figures import WHOLE, Tally
from app.insights.performance.recommendations import RULES, recommendations
from app.insights.performance.schemas import Figures

GOOD: dict[str, Any] = {
    "generations": 100, "ended": 100, "failed": 1, "saved": 40, "sent": 60,
    "first_token_count": 99, "first_token_mean": 300.0,
    "first_token_percentiles": [300.0, 500.0, 600.0],
    "answer_count": 99, "answer_mean": 1000.0, "answer_percentiles": [1000.0, 1500.0, 2000.0],
    "relevance_count": 50, "relevance_mean": 0.8,
}  # fmt: skip
CALLS: dict[str, Any] = {
    "prompt_tokens": 6000, "completion_tokens": 3000, "cost": Decimal("0.02"), "unpriced": 0,
    "hits": 40, "misses": 80, "model_count": 80, "model_mean": 900.0,
    "model_percentiles": [800.0, 1500.0, 1900.0],
}  # fmt: skip
LIKED: dict[str, Any] = {
    "count": 20, "up": 15, "down": 1, "ratings": 15, "mean_rating": Decimal("4.5"),
}  # fmt: skip
TIMES: dict[str, Any] = {"count": 50, "mean": 400.0, "percentiles": [400.0, 700.0, 900.0]}
PARTS = ("speech_to_text", "text_to_speech", "end_to_end")


def figures(
    *,
    answers: dict[str, Any] | None = None,
    calls: dict[str, Any] | None = None,
    times: dict[str, dict[str, Any]] | None = None,
    liked: dict[str, Any] | None = None,
    notices: dict[str, int] | None = None,
) -> Figures:
    """All is well but for what is given."""
    everything = {"bin": None}
    return Tally(
        [{**everything, **GOOD, **(answers or {})}],
        [{**everything, **CALLS, **(calls or {})}],
        [{**everything, "part": part, **TIMES, **(times or {}).get(part, {})} for part in PARTS],
        [{**everything, **LIKED, **(liked or {})}],
        [
            {**everything, "kind": "notice", "code": code, "count": count}
            for code, count in (notices or {}).items()
        ],
    ).figures(WHOLE, 24)


def codes(told: Figures) -> list[str]:
    return [each.code for each in recommendations(told)]


def slow(name: str, p95: float) -> dict[str, Any]:
    return {f"{name}percentiles": [p95 / 2, p95, p95]}


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("HIGH_ERROR_RATE", {"answers": {"failed": 6}}, {"answers": {"failed": 5}}),
    ("ALL_MODELS_DOWN", {"notices": {"CACHED_ANSWER": 2}}, {"notices": {"CACHED_ANSWER": 1}}),
    ("FALLBACK_OFTEN", {"notices": {"FALLBACK": 11}}, {"notices": {"FALLBACK": 10}}),
    ("CHEAPER_OFTEN", {"notices": {"CHEAPER": 6}}, {"notices": {"CHEAPER": 5}}),
    ("RATE_LIMITED", {"notices": {"WAITED": 11}}, {"notices": {"WAITED": 10}}),
    ("CONTEXT_TOO_LARGE", {"notices": {"COMPRESSED": 11}}, {"notices": {"COMPRESSED": 10}}),
    ("MEMORY_AWAY", {"notices": {"MEMORY_UNAVAILABLE": 2}}, {"notices": {"MEMORY_UNAVAILABLE": 1}}),
    (
        "SLOW_FIRST_TOKEN",
        {"answers": slow("first_token_", 3001)},
        {"answers": slow("first_token_", 3000)},
    ),
    ("SLOW_MODEL", {"calls": slow("model_", 20_001)}, {"calls": slow("model_", 20_000)}),
    *(
        (
            f"SLOW_{part.upper()}",
            {"times": {part: slow("", most + 1)}},
            {"times": {part: slow("", most)}},
        )
        for part, most in zip(PARTS, (1000, 1000, 3000), strict=True)
    ),
    (
        "LOW_CACHE_HIT_RATE",
        {"calls": {"hits": 4, "misses": 96}},
        {"calls": {"hits": 5, "misses": 95}},
    ),
    ("UNKNOWN_PRICES", {"calls": {"unpriced": 1}}, {"calls": {"unpriced": 0}}),
    ("LOW_RELEVANCE", {"answers": {"relevance_mean": 0.29}}, {"answers": {"relevance_mean": 0.3}}),
    ("FEW_THUMBS_UP", {"liked": {"up": 6, "down": 4}}, {"liked": {"up": 7, "down": 3}}),
    (
        "LOW_RATING",
        {"liked": {"mean_rating": Decimal("3.4")}},
        {"liked": {"mean_rating": Decimal("3.5")}},
    ),
]
FEW: dict[str, dict[str, Any]] = {
    "HIGH_ERROR_RATE": {"answers": {"failed": 19, "ended": 19}},
    "FALLBACK_OFTEN": {"notices": {"FALLBACK": 19}, "answers": {"generations": 19}},
    "SLOW_FIRST_TOKEN": {"answers": {"first_token_count": 19, **slow("first_token_", 9999)}},
    "SLOW_END_TO_END": {"times": {"end_to_end": {"count": 19, **slow("", 9999)}}},
    "LOW_CACHE_HIT_RATE": {"calls": {"hits": 0, "misses": 99}},
    "LOW_RELEVANCE": {"answers": {"relevance_count": 19, "relevance_mean": 0.0}},
    "FEW_THUMBS_UP": {"liked": {"up": 0, "down": 9}},
    "LOW_RATING": {"liked": {"ratings": 9, "mean_rating": Decimal(1)}},
}


def test_where_all_is_well_nothing_is_recommended() -> None:
    assert codes(figures()) == []


def test_every_rule_has_a_case() -> None:
    assert sorted(code for code, *_ in CASES) == sorted(rule.code for rule in RULES)


@pytest.mark.parametrize(("code", "bad", "borderline"), CASES)
def test_a_rule_holds_beyond_its_threshold_and_not_at_it(
    code: str, bad: dict[str, Any], borderline: dict[str, Any]
) -> None:
    assert codes(figures(**bad)) == [code]
    assert codes(figures(**borderline)) == []


@pytest.mark.parametrize(("code", "little"), FEW.items())
def test_few_things_tell_nothing(code: str, little: dict[str, Any]) -> None:
    assert code not in codes(figures(**little))


def at_path(told: Figures, path: str) -> Any:
    answer = told.model_dump(mode="json")
    return reduce(lambda part, name: part[name], path.split("."), answer)


COUNTS = st.integers(0, 1000)
TIME = st.floats(0, 100_000)
SHARES = st.floats(0, 1)


@st.composite
def any_figures(draw: st.DrawFn) -> Figures:
    ended = draw(COUNTS)
    percentiles = [sorted(draw(st.tuples(TIME, TIME, TIME))) for _ in range(5)]
    return figures(
        answers={
            "generations": ended + draw(COUNTS),
            "ended": ended,
            "failed": draw(st.integers(0, ended)),
            "first_token_count": draw(COUNTS),
            "first_token_percentiles": draw(st.sampled_from([None, percentiles[0]])),
            "relevance_count": draw(COUNTS),
            "relevance_mean": draw(st.none() | SHARES),
        },
        calls={
            "hits": draw(COUNTS),
            "misses": draw(COUNTS),
            "unpriced": draw(COUNTS),
            "model_count": draw(COUNTS),
            "model_percentiles": draw(st.sampled_from([None, percentiles[1]])),
        },
        times={
            part: {"count": draw(COUNTS), "percentiles": percentiles[index]}
            for index, part in enumerate(PARTS, start=2)
        },
        liked={
            "up": draw(COUNTS),
            "down": draw(COUNTS),
            "ratings": draw(COUNTS),
            "mean_rating": draw(st.none() | st.decimals(1, 5, places=3)),
        },
        notices=draw(
            st.dictionaries(st.sampled_from(["FALLBACK", "WAITED", "CACHED_ANSWER"]), COUNTS)
        ),
    )


@given(any_figures())
def test_each_names_the_figure_that_it_follows_from(told: Figures) -> None:
    made = recommendations(told)
    assert len({each.code for each in made}) == len(made)
    rules = {rule.code: rule for rule in RULES}
    for each in made:
        rule = rules[each.code]
        assert at_path(told, each.figure) == each.value
        assert each.threshold == rule.threshold
        assert (each.value < each.threshold) is rule.below
        assert each.value != each.threshold

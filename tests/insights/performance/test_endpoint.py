"""Known rows in, exact figures out, over HTTP."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chat import NoticeCode
from app.db import Database
from app.kit.ids import new_id
from tests.fixtures.service import Service
from tests.insights.performance.rows import answered, called, judged, timed

PATH = "/api/metrics/performance"
AFTERNOON = {"from": "2026-05-04T12:00:00Z", "to": "2026-05-04T15:00:00Z", "step": "1h"}
NOTHING = {"count": 0, "mean": None, "p50": None, "p95": None, "p99": None}


async def figures(service: Service, tenant_id: str = "default", **asked: str) -> dict[str, Any]:
    answer = await service.http.get(PATH, params=asked, headers={"X-Tenant-Id": tenant_id})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
async def afternoon(service: Service, database: Database) -> Service:
    """Answers at noon, one that failed after one o'clock, and one that is being made at two;
    around them what mustn't count."""
    await service.http.get(PATH, headers={"X-Tenant-Id": "team-blue"})  # makes the tenant
    await answered(
        database, 10, first_token_ms=100, duration_ms=1000, saved_tokens=30, prompt_tokens=70,
        notices=["FALLBACK", "WAITED"], relevance=0.5,
    )  # fmt: skip
    await answered(
        database, 20, first_token_ms=300, duration_ms=2000, prompt_tokens=100, relevance=0.7,
        notices=["FALLBACK"],
    )  # fmt: skip
    await answered(database, 65, status="failed", error_code="LLM_TIMEOUT", duration_ms=30_000)
    await answered(database, 120, status="running")
    await called(
        database, 10, latency_ms=900, cache="miss", prompt_tokens=70, completion_tokens=30,
        cost_usd=Decimal("0.001"),
    )  # fmt: skip
    await called(database, 20, latency_ms=5, cache="hit", run_id=new_id())
    await called(
        database, 30, task="summary", latency_ms=5000, prompt_tokens=200, completion_tokens=60,
        cost_usd=None,
    )  # fmt: skip
    await called(database, 65, status="error", latency_ms=30_000)
    await called(database, 70, task="buyer_turn", run_id=new_id(), cost_usd=Decimal(5))
    for ms in (100, 200, 300, 400):
        await timed(database, 15, "end_to_end", ms)
    await timed(database, 75, "end_to_end", 1000)
    await timed(database, 15, "text_to_speech", 50)
    await judged(database, 15, thumb="up", rating=5)
    await judged(database, 16, thumb="down", text="No.")
    await judged(database, 90, thumb="up", rating=2)
    for minutes in (-0.001, 180):
        await answered(database, minutes, first_token_ms=9999, duration_ms=9999)
        await called(database, minutes, latency_ms=9999)
        await timed(database, minutes, "speech_to_text", 9999)
        await judged(database, minutes, rating=1)
    await answered(database, 10, tenant_id="team-blue", first_token_ms=7)
    await called(database, 10, tenant_id="team-blue", prompt_tokens=7)
    await timed(database, 10, "speech_to_text", 7, tenant_id="team-blue")
    await judged(database, 10, tenant_id="team-blue", rating=1)
    return service


async def test_the_whole_window(afternoon: Service) -> None:
    told = await figures(afternoon, **AFTERNOON)
    assert told["from"] == "2026-05-04T12:00:00.000000Z"
    assert told["to"] == "2026-05-04T15:00:00.000000Z"
    assert told["step_seconds"] == 3600
    assert told["latency"] == {
        "model": {"count": 1, "mean": 900, "p50": 900, "p95": 900, "p99": 900},
        "speech_to_text": NOTHING,
        "text_to_speech": {"count": 1, "mean": 50, "p50": 50, "p95": 50, "p99": 50},
        "end_to_end": {"count": 5, "mean": 400, "p50": 300, "p95": 880, "p99": 976},
        "answer": {"count": 2, "mean": 1500, "p50": 1500, "p95": 1950, "p99": 1990},
    }
    assert told["first_token"] == {"count": 2, "mean": 200, "p50": 200, "p95": 290, "p99": 298}
    assert told["tokens"] == {
        "prompt": 270, "completion": 90, "per_hour": 120, "saved": 30, "saved_share": 0.15,
    }  # fmt: skip
    assert told["cost"] == {"usd": "0.001", "usd_per_hour": "0.000333", "unpriced_calls": 1}
    assert told["cache"] == {"hits": 1, "misses": 1, "hit_rate": 0.5}
    assert told["errors"] == {
        "failed": 1, "ended": 3, "rate": 0.333333, "by_code": {"LLM_TIMEOUT": 1},
    }  # fmt: skip
    counts = {code: each["count"] for code, each in told["notices"].items() if each["count"]}
    assert counts == {"FALLBACK": 2, "WAITED": 1}
    assert told["notices"]["FALLBACK"]["share"] == 0.5
    assert told["notices"].keys() == set(NoticeCode)
    assert told["throughput"] == {
        "generations": 4, "generations_per_minute": 0.022222, "tokens_per_second": 0.008333,
    }  # fmt: skip
    assert told["relevance"] == {"count": 2, "mean": 0.6}
    assert told["satisfaction"] == {
        "count": 3, "up": 2, "down": 1, "up_share": 0.666667, "ratings": 2, "mean_rating": 3.5,
    }  # fmt: skip
    assert [each["code"] for each in told["recommendations"]] == ["UNKNOWN_PRICES"]


async def test_each_step(afternoon: Service) -> None:
    noon, one, two = (await figures(afternoon, **AFTERNOON))["steps"]
    assert [step["from"][11:16] for step in (noon, one, two)] == ["12:00", "13:00", "14:00"]
    assert (noon["to"], one["to"]) == (one["from"], two["from"])
    assert noon["latency"]["end_to_end"]["p50"] == 250
    assert one["latency"]["end_to_end"]["p50"] == 1000
    assert (noon["latency"]["model"]["count"], one["latency"]["model"]) == (1, NOTHING)
    assert [step["throughput"]["generations"] for step in (noon, one, two)] == [2, 1, 1]
    assert [step["errors"]["rate"] for step in (noon, one, two)] == [0, 1, None]
    assert one["errors"]["by_code"] == {"LLM_TIMEOUT": 1}
    assert [step["notices"]["FALLBACK"]["share"] for step in (noon, one, two)] == [1, 0, 0]
    assert [step["cost"]["usd"] for step in (noon, one, two)] == ["0.001", "0", "0"]
    assert noon["tokens"]["per_hour"] == 360
    assert [step["satisfaction"]["mean_rating"] for step in (noon, one, two)] == [5, 2, None]
    assert two["latency"]["end_to_end"] == two["first_token"] == NOTHING


async def test_a_last_step_that_is_shorter(afternoon: Service) -> None:
    told = await figures(afternoon, **{**AFTERNOON, "to": "2026-05-04T12:15:00Z", "step": "600"})
    first, last = told["steps"]
    assert (last["from"][11:16], last["to"][11:16]) == ("12:10", "12:15")
    assert (first["throughput"]["generations"], last["throughput"]["generations"]) == (0, 1)
    assert last["throughput"]["generations_per_minute"] == 0.2


async def test_epoch_and_iso_ask_for_the_same(afternoon: Service) -> None:
    told = await figures(afternoon, **AFTERNOON)
    assert await figures(afternoon, **{"from": "1777896000", "to": "1777906800.0"}) == told
    shifted = {"from": "2026-05-04T14:00:00+02:00", "to": "2026-05-04T11:00:00-04:00"}
    assert await figures(afternoon, **shifted, step="60m") == told


async def test_a_tenant_has_its_own_figures(afternoon: Service) -> None:
    told = await figures(afternoon, "team-blue", **AFTERNOON)
    assert (told["throughput"]["generations"], told["first_token"]["p50"]) == (1, 7)
    assert (told["tokens"]["prompt"], told["satisfaction"]["mean_rating"]) == (7, 1)
    assert told["latency"]["speech_to_text"]["count"] == 1


async def test_where_nothing_happened_nothing_is_divided(service: Service) -> None:
    told = await figures(service)
    assert len(told["steps"]) == 24
    for each in (told, *told["steps"]):
        assert each["latency"] == dict.fromkeys(each["latency"], NOTHING)
        assert (each["errors"]["rate"], each["cache"]["hit_rate"]) == (None, None)
        assert (each["tokens"]["saved_share"], each["relevance"]["mean"]) == (None, None)
        assert (each["satisfaction"]["up_share"], each["satisfaction"]["mean_rating"]) == (
            None,
        ) * 2
        assert {notice["share"] for notice in each["notices"].values()} == {None}
        assert (each["cost"]["usd"], each["cost"]["usd_per_hour"]) == ("0", "0")
        assert each["throughput"]["generations"] == each["tokens"]["per_hour"] == 0
    assert told["recommendations"] == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"from": "yesterday"}, "from should be a moment, got 'yesterday'; for example 2026-"),
        ({"to": ""}, "to should be a moment, got ''"),
        ({"from": "2026-01-01T00:00:00"}, "from should have a time zone"),
        ({"to": "1769860800000"}, "got '1769860800000'; for example"),
        ({"to": "0"}, "to should be between 2000 and 2100"),
        ({"to": "9" * 20}, "to should be"),
        ({"from": "2026-05-04T15:00:00Z", "to": "2026-05-04T15:00:00Z"}, "from should be before"),
        (
            {"from": "2026-01-01T00:00:00Z", "to": "2026-04-02T00:00:00Z"},
            "before to, got '2026-01-01T00:00:00Z'; for example 2026-01-02T00:00:00",
        ),
        ({"step": "0"}, "step should be a duration"),
        ({"step": "1w"}, "step should be a duration of at most 90 days, got '1w'; for example 15m"),
        ({"step": "91d"}, "step should be a duration"),
        ({"step": "60s"}, "step makes 1440 steps, 1000 are the most; for example 87s"),
        ({"step": "1" * 41}, "step"),
    ],
)
async def test_what_is_no_window(service: Service, asked: dict[str, str], told: str) -> None:
    answer = await service.http.get(PATH, params=asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert told in answer.json()["error"]["message"]
    (detail,) = answer.json()["error"]["details"]
    assert detail["field"] in asked


_PLAUSIBLE = st.one_of(
    st.integers(-(10**12), 10**13).map(str),
    st.floats().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.text(max_size=50),
)
_STEP = st.one_of(st.from_regex(r"[0-9]{1,12}[smhdw]?", fullmatch=True), st.text(max_size=50))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(since=st.none() | _PLAUSIBLE, until=st.none() | _PLAUSIBLE, step=st.none() | _STEP)
def test_whatever_is_asked_is_answered_or_refused(
    live_server: str, since: str | None, until: str | None, step: str | None
) -> None:
    given = {"from": since, "to": until, "step": step}
    asked = {name: value for name, value in given.items() if value is not None}
    answer = httpx.get(f"{live_server}{PATH}", params=asked, timeout=30)
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 200:
        assert 1 <= len(answer.json()["steps"]) <= 1000

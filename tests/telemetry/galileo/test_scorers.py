"""What is read from Galileo's records, in each of the forms that they come in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from app.kit.ids import new_id
from app.telemetry import Galileo, GalileoOptions, ScoreValue, SessionValue, TraceValue
from tests.fakes.galileo import FakeGalileo

SCORERS = ("correctness", "context_adherence", "reasoning_coherence", "tone")


@pytest.fixture
async def fake() -> AsyncIterator[FakeGalileo]:
    async with FakeGalileo() as running:
        yield running


@pytest.fixture
async def galileo(fake: FakeGalileo) -> AsyncIterator[Galileo]:
    options = GalileoOptions(SecretStr(fake.key), fake.url, "parley", "tests", SCORERS)
    opened = Galileo(options)
    yield opened
    await opened.aclose()


async def scores(galileo: Galileo, fake: FakeGalileo, info: Any) -> dict[str, ScoreValue]:
    """Of a trace that is found with this."""
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)
    trace = TraceValue(new_id(), "turn", "Hello", "Hi", now, 1_000, 200, [])
    await galileo.deliver(SessionValue("run", "negotiation"), [trace])
    fake.metrics = lambda _trace: info
    found = await galileo.scores([trace.id])
    return {score.scorer: score for score in found[trace.id]}


async def test_every_form_of_a_score(galileo: Galileo, fake: FakeGalileo) -> None:
    by_id = fake.scorers[0]["id"]
    found = await scores(
        galileo,
        fake,
        {
            by_id: {"status_type": "success", "value": True},
            "groundedness": {
                "status_type": "roll_up",
                "value": None,
                "roll_up_metrics": {"average": 0.25},
            },
            "8f2c": {
                "metric_key_alias": "reasoning_coherence",
                "status_type": "success",
                "value": 0.5,
                "rationale": "because",
            },
            "tone": {"status_type": "success", "value": "anger"},
        },
    )
    assert found == {
        "correctness": ScoreValue("correctness", "success", 1.0, None),
        "context_adherence": ScoreValue("context_adherence", "success", 0.25, None),
        "reasoning_coherence": ScoreValue("reasoning_coherence", "success", 0.5, "because"),
        "tone": ScoreValue("tone", "success", None, "anger"),
    }
    assert galileo.scored([*found.values()])


@pytest.mark.parametrize(
    ("status", "complete"),
    [("pending", False), ("computing", False), ("failed", True), ("not_applicable", True)],
)
async def test_what_is_to_come_is_waited_for(
    galileo: Galileo, fake: FakeGalileo, status: str, *, complete: bool
) -> None:
    told = {"status_type": status, "message": "as it was told"}
    found = await scores(galileo, fake, dict.fromkeys(SCORERS, told))
    assert {score.status for score in found.values()} == {status}
    assert {score.value for score in found.values()} == {None}
    assert galileo.scored([*found.values()]) is complete


@pytest.mark.parametrize(
    "info",
    [None, [], "x", {"correctness": None}, {"correctness": [1]}, {"other": {"value": 1}}],
)
async def test_what_makes_no_sense_is_no_score(
    galileo: Galileo, fake: FakeGalileo, info: object
) -> None:
    assert await scores(galileo, fake, info) == {}


@pytest.mark.parametrize("value", [7, -1, {"a": 1}, [0.5]])
async def test_what_is_no_share_is_no_value(
    galileo: Galileo, fake: FakeGalileo, value: object
) -> None:
    told = {"status_type": "success", "value": value}
    found = await scores(galileo, fake, {"correctness": told})
    assert found["correctness"].value is None

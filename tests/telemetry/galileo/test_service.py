"""What Galileo is told of a service at work, what it says back, and that nobody waits for it."""

import json

import pytest

from tests.fakes.galileo import KEY
from tests.functional.talk import Talk
from tests.telemetry.galileo.conftest import ALOOF, LIMITS, Story, Watched, outcome_of, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKENS = {"num_input_tokens": "prompt_tokens", "num_output_tokens": "completion_tokens"}


async def test_a_negotiation_is_a_session_of_turns(watched: Watched, story: Story) -> None:
    answer = await watched.market.http.get(f"/api/v1/llm/calls?run_id={story.run_id}")
    calls = answer.json()["calls"]
    traces = watched.traces(story.run_id)
    turns = [trace for trace in traces if not trace["name"].startswith("outcome")]
    spans = [span for trace in turns for span in trace["spans"]]
    assert {span["type"] for span in spans} == {"llm"}
    assert {span["status_code"] for span in spans} == {200}
    assert len(spans) == len(calls) > 1
    for theirs, ours in TOKENS.items():
        assert sum(span["metrics"][theirs] for span in spans) == sum(call[ours] for call in calls)
    of_calls = {call["latency_ms"] * 1_000_000 for call in calls}
    assert max(span["metrics"]["duration_ns"] for span in spans) <= max(of_calls)


async def test_its_outcome_has_offers_and_decision_as_data(watched: Watched, story: Story) -> None:
    outcome = outcome_of(watched.traces(story.run_id))
    assert outcome is not None
    assert json.loads(outcome["output"])["outcome"] == "deal"
    *offers, decision = outcome["spans"]
    assert {(span["type"], span["name"]) for span in offers} == {("tool", "offer")}
    assert json.loads(offers[0]["output"]).keys() == {"price", "quantity"}
    assert json.loads(decision["output"])["decision"] == "accept"


async def test_a_conversation_is_a_session_of_answers(watched: Watched, story: Story) -> None:
    said = story.said
    [trace] = [t for t in watched.traces(said.conversation_id) if t["name"] == "chat"]
    assert trace["output"] == said.text
    assert trace["input"] == "What is a good price for a laptop?"
    assert trace["user_metadata"]["message_id"] == said.message_id


async def test_the_ledger_says_whose_turn_it_was(watched: Watched, story: Story) -> None:
    calls = "/api/v1/llm/calls"
    said = story.said.conversation_id
    of_answers = (await watched.market.http.get(f"{calls}?conversation_id={said}")).json()["calls"]
    [answer] = [call for call in of_answers if call["task"] == "chat"]
    detail = (await watched.market.http.get(f"{calls}/{answer['id']}")).json()
    assert detail["conversation_id"] == said
    assert detail["message_id"] == story.said.message_id
    of_run = (await watched.market.http.get(f"{calls}?run_id={story.run_id}")).json()["calls"]
    details = [(await watched.market.http.get(f"{calls}/{c['id']}")).json() for c in of_run]
    seats = {detail["seat_id"] for detail in details}
    assert len(seats) == 2
    assert {detail["round"] for detail in details} >= {1, 2}
    [trace_id] = {detail["trace_id"] for detail in details}
    traced = (await watched.market.http.get(f"{calls}?trace_id={trace_id}")).json()
    assert traced["total"] == len(of_run)


async def test_keys_and_limits_are_kept(watched: Watched, story: Story) -> None:
    sent = watched.galileo.wire
    assert story.run_id in sent
    assert "[private]" in sent
    assert not [kept for kept in (*LIMITS, KEY) if kept in sent]


async def test_what_callers_of_the_gateway_say_is_theirs(watched: Watched, story: Story) -> None:
    assert story.said.text in watched.galileo.wire
    assert ALOOF not in watched.galileo.wire


@pytest.mark.usefixtures("story")
async def test_scorers_are_switched_on_once(watched: Watched) -> None:
    [settings] = watched.galileo.settings
    names = [row["name"] for row in settings["scorers"]]
    assert names == ["context_adherence", "reasoning_coherence", "output_tone"]


async def test_an_analysis_shows_what_they_say(watched: Watched, story: Story) -> None:
    answer = await watched.market.http.get(f"/api/v1/analysis/runs/{story.run_id}")
    scores = answer.json()["scores"]
    assert (scores["hallucination"], scores["coherence"]) == (0.25, 0.5)
    assert scores["overall"] == 0.625


async def test_a_message_has_its_own(watched: Watched, story: Story) -> None:
    room_id = story.session["negotiation_rooms"][0]["room_id"]
    for number, said in enumerate((await watched.market.state(room_id))["conversation_history"]):
        page = await watched.get("scores", message_id=said["message_id"])
        assert {score["scorer"]: score["value"] for score in page["scores"]} == {
            "context_adherence": 0.75,
            "reasoning_coherence": 0.5,
            "tone": None,
        }
        words = {score["scorer"]: score["explanation"] for score in page["scores"]}
        assert (words["context_adherence"], words["tone"]) == ("as it was told", "joy")
        assert {score["round"] for score in page["scores"]} == {1 + number // 2}


async def test_another_tenant_sees_none(watched: Watched, story: Story) -> None:
    path = f"/api/v1/telemetry/scores?run_id={story.run_id}"
    page = await watched.market.http.get(path, headers={"X-Tenant-Id": "acme"})
    assert page.json()["total"] == 0


async def test_the_list_is_paged(watched: Watched, story: Story) -> None:
    whole = await watched.get("scores", run_id=story.run_id)
    first = await watched.get("scores", run_id=story.run_id, limit=2)
    second = await watched.get("scores", run_id=story.run_id, limit=2, offset=2)
    assert first["scores"] + second["scores"] == whole["scores"][:4]
    assert first["total"] == whole["total"] > 4


@pytest.mark.usefixtures("story")
async def test_its_state_is_shown(watched: Watched) -> None:
    exporters = await watched.get("exporters")
    assert exporters["galileo"]["on"]
    assert exporters["galileo"]["delivered"] > 0
    assert exporters["galileo"]["lost"] == 0
    assert exporters["galileo"]["notes"] == ["Galileo knows no scorer 'flattery'"]
    assert not exporters["sentry"]["on"]
    assert not exporters["otel"]["on"]


@pytest.mark.usefixtures("story")
async def test_nobody_waits_for_it(watched: Watched) -> None:
    """The last: the service is closed while Galileo hangs."""
    told = len(watched.galileo.requests)
    watched.galileo.fault = "hang"
    said = await Talk(watched.market.http).say("Hello?")

    async def hangs() -> bool:
        return len(watched.galileo.requests) > told

    await until(hangs)
    _, run_id = await watched.played()
    again = await Talk(watched.market.http).say("Still there?")
    assert said.last["finish_reason"] == again.last["finish_reason"] == "stop"
    assert not watched.traces(run_id)

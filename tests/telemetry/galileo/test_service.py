"""What Galileo is told of a service at work, and that the work goes on without it."""

import json
from typing import Any

import pytest

from tests.fakes.galileo import KEY
from tests.functional.talk import Talk
from tests.telemetry.galileo.conftest import LIMITS, Watched, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]

TOKENS = {"num_input_tokens": "prompt_tokens", "num_output_tokens": "completion_tokens"}


def outcome_of(traces: list[Json]) -> Json | None:
    return next((trace for trace in traces if trace["name"].startswith("outcome")), None)


def judged(trace: Json) -> Json:
    """As Galileo's own records are keyed: by the metric, which isn't named as its scorer."""
    return {
        "groundedness": {"status_type": "success", "value": 0.75, "explanation": "as it was told"},
        "reasoning_coherence": {"status_type": "success", "value": 0.5},
        "tone": {"status_type": "success", "value": "joy"},
        "duration_ns": {"status_type": "success", "value": 7},
    }


class TestNegotiation:
    async def test_is_a_session_of_turns_and_an_outcome(self, watched: Watched) -> None:
        _, run_id = await watched.played()

        async def told() -> bool:
            return outcome_of(watched.traces(run_id)) is not None

        await until(told)
        calls = (await watched.market.http.get(f"/api/v1/llm/calls?run_id={run_id}")).json()
        traces = watched.traces(run_id)
        outcome = outcome_of(traces)
        turns = [trace for trace in traces if trace is not outcome]
        spans = [span for trace in turns for span in trace["spans"]]
        assert {span["type"] for span in spans} == {"llm"}
        assert len(spans) == calls["total"]
        for theirs, ours in TOKENS.items():
            told_tokens = sum(span["metrics"][theirs] for span in spans)
            assert told_tokens == sum(call[ours] for call in calls["calls"])
        assert all(trace["spans"][0]["metrics"]["duration_ns"] >= 0 for trace in turns)
        assert {span["status_code"] for span in spans} == {200}
        assert outcome is not None
        moves = [span["name"] for span in outcome["spans"]]
        assert moves[-1] == "decision"
        assert "offer" in moves
        assert json.loads(outcome["output"])["outcome"] == "deal"

    async def test_keeps_its_limits_and_keys_to_itself(self, watched: Watched) -> None:
        sent = watched.galileo.wire
        assert "[private]" in sent
        for limit in LIMITS:
            assert limit not in sent
        assert KEY not in sent

    async def test_has_scores_once_they_are_there(self, watched: Watched) -> None:
        watched.galileo.metrics = judged
        made, run_id = await watched.played()

        async def scored() -> bool:
            found = await watched.get("scores", run_id=run_id, scorer="tone")
            return bool(found["total"]) and found["total"] == len(watched.traces(run_id))

        await until(scored)
        analysis = (await watched.market.http.get(f"/api/v1/analysis/runs/{run_id}")).json()
        scores = analysis["scores"]
        assert (scores["hallucination"], scores["coherence"]) == (0.25, 0.5)
        assert scores["overall"] == 0.625
        room_id = made["negotiation_rooms"][0]["room_id"]
        said = (await watched.market.state(room_id))["conversation_history"]
        page = await watched.get("scores", message_id=said[0]["message_id"])
        assert {score["scorer"]: score["value"] for score in page["scores"]} == {
            "context_adherence": 0.75,
            "reasoning_coherence": 0.5,
            "tone": None,
        }
        [adherence, *_] = page["scores"]
        assert (adherence["explanation"], adherence["round"]) == ("as it was told", 1)
        mine = await watched.market.http.get(
            f"/api/v1/telemetry/scores?run_id={run_id}", headers={"X-Tenant-Id": "acme"}
        )
        assert mine.json()["total"] == 0


class TestConversation:
    async def test_is_a_session_and_each_answer_a_trace(self, watched: Watched) -> None:
        said = await Talk(watched.market.http).say("What is a good price for a laptop?")

        async def told() -> bool:
            return any(t["name"] == "chat" for t in watched.traces(said.conversation_id))

        await until(told)
        [trace] = [t for t in watched.traces(said.conversation_id) if t["name"] == "chat"]
        assert trace["output"] == said.text
        assert trace["input"] == "What is a good price for a laptop?"
        assert trace["user_metadata"]["message_id"] == said.message_id

    async def test_what_callers_of_the_gateway_say_is_not_told(self, watched: Watched) -> None:
        body = {"model": "lm_studio:ok", "messages": [{"role": "user", "content": "canary-words"}]}
        answer = await watched.market.http.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200
        said = await Talk(watched.market.http).say("And of a phone?")

        async def told() -> bool:
            return bool(watched.traces(said.conversation_id))

        await until(told)
        assert "canary-words" not in watched.galileo.wire


class TestOutage:
    async def test_delays_nobody_and_is_made_good(self, watched: Watched) -> None:
        watched.galileo.fault = "hang"
        _, run_id = await watched.played()
        said = await Talk(watched.market.http).say("Hello?")
        assert said.last["finish_reason"] == "stop"
        watched.galileo.fault = "ok"
        assert not watched.traces(run_id)

        async def made_good() -> bool:
            return outcome_of(watched.traces(run_id)) is not None

        await until(made_good)
        assert set(watched.galileo.received.values()) == {1}

    async def test_the_state_of_it_is_shown(self, watched: Watched) -> None:
        galileo = (await watched.get("exporters"))["galileo"]
        assert galileo["on"]
        assert galileo["delivered"] > 0
        assert galileo["lost"] == 0
        assert galileo["notes"] == ["Galileo knows no scorer 'flattery'"]


async def test_scorers_are_switched_on_once(watched: Watched) -> None:
    [settings] = watched.galileo.settings
    names = [row["name"] for row in settings["scorers"]]
    assert names == ["context_adherence", "reasoning_coherence", "output_tone"]

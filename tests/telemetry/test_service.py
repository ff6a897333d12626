"""What Sentry and a collector get to see of a service, and what they never do."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from structlog.typing import EventDict

from app.db import Address, Database
from app.jobs import JobQueue, open_app
from tests.fakes.otlp import FakeCollector
from tests.fakes.sentry import FakeSentry
from tests.fixtures.service import Service
from tests.functional.marketplaces import marketplace
from tests.telemetry.conftest import CANARY

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
COMPLETIONS = "/v1/chat/completions"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def said(text: str = "Hello") -> dict[str, Any]:
    return {"model": "openai:fake-small", "messages": [{"role": "user", "content": text}]}


def tagged(sentry: FakeSentry, name: str, value: str) -> list[dict[str, Any]]:
    return [event for event in sentry.events if event["tags"].get(name) == value]


async def test_a_bug_is_one_event_with_ids_and_nothing_of_the_request(
    watched: Service, sentry: FakeSentry
) -> None:
    answer = await watched.http.post(
        f"/broken/{CANARY}?key={CANARY}",
        json={"prompt": CANARY},
        headers={
            "x-request-id": "bug-1",
            "authorization": f"Bearer {CANARY}",
            "cookie": f"session={CANARY}",
            "x-own": CANARY,
        },
    )
    assert answer.status_code == 500
    await sentry.until(lambda: bool(tagged(sentry, "request_id", "bug-1")))

    (event,) = tagged(sentry, "request_id", "bug-1")
    assert event["exception"]["values"][-1]["type"] == "RuntimeError"
    assert event["tags"]["trace_id"] == event["contexts"]["trace"]["trace_id"]
    assert event["level"] == "error"
    assert "request" not in event


async def test_a_stream_that_breaks_is_one_event(watched: Service, sentry: FakeSentry) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await watched.http.get("/broken/stream", headers={"x-request-id": "stream-1"})
    await sentry.until(lambda: bool(tagged(sentry, "request_id", "stream-1")))

    assert len(tagged(sentry, "request_id", "stream-1")) == 1


async def test_a_job_that_fails_is_an_event_with_its_run(
    watched: Service, address: Address, sentry: FakeSentry, collector: FakeCollector
) -> None:
    run_id = uuid4()
    database, engine = Database(address), open_app(address.libpq, pool_size=1, tasks={})
    async with engine.open_async(), database.begin("default") as unit:
        await JobQueue(engine).defer(
            unit, "negotiation:run", lock="x", run_id=str(run_id), unknown="argument"
        )
    await database.aclose()
    await sentry.until(lambda: bool(tagged(sentry, "run_id", str(run_id))))
    await collector.until(lambda: any(s.trace_id == run_id.hex for s in collector.spans))

    event = tagged(sentry, "run_id", str(run_id))[0]
    assert event["tags"]["task"] == "negotiation:run"
    assert event["contexts"]["trace"]["trace_id"] == run_id.hex
    (span, *_) = [span for span in collector.spans if span.trace_id == run_id.hex]
    assert span.attributes["error.type"] == "TypeError"


async def test_a_vendor_that_is_away_is_one_warning_and_a_bad_request_none(
    watched: Service, sentry: FakeSentry
) -> None:
    for _ in range(3):
        asked = {**said(CANARY), "model": "gone:fake-small"}
        assert (await watched.http.post(COMPLETIONS, json=asked)).status_code >= 500
    assert (await watched.http.post(COMPLETIONS, json={"model": 1})).status_code == 400
    assert (await watched.http.get("/nowhere")).status_code == 404
    await watched.http.post("/broken/last", headers={"x-request-id": "last-1"})
    await sentry.until(lambda: bool(tagged(sentry, "request_id", "last-1")))

    (warning,) = [event for event in sentry.events if event["level"] == "warning"]
    assert warning["fingerprint"][0] == "operational"
    assert {event["level"] for event in sentry.events} == {"error", "warning"}
    assert not [event for event in sentry.events if "VALIDATION" in str(event["tags"])]


async def test_one_trace_on_line_event_row_and_span(
    watched: Service, sentry: FakeSentry, collector: FakeCollector, lines: list[EventDict]
) -> None:
    answer = await watched.http.post(
        COMPLETIONS,
        json=said(CANARY),
        headers={"traceparent": f"00-{TRACE}-{PARENT}-01", "x-request-id": "traced-1"},
    )
    assert answer.status_code == 200
    await watched.http.post("/broken/one", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    await collector.until(lambda: len([s for s in collector.spans if s.trace_id == TRACE]) == 3)
    await sentry.until(lambda: bool(tagged(sentry, "trace_id", TRACE)))
    rows = await watched.http.get("/api/v1/llm/calls", params={"trace_id": TRACE})

    outer, call, _ = sorted(
        (span for span in collector.spans if span.trace_id == TRACE), key=lambda span: span.start
    )
    assert (outer.name, outer.parent_id) == (f"POST {COMPLETIONS}", PARENT)
    assert outer.attributes["parley.request_id"] == "traced-1"
    assert call.parent_id == outer.span_id
    assert call.name == "chat fake-small"
    assert call.attributes["gen_ai.provider.name"] == "openai"
    assert call.attributes["gen_ai.usage.input_tokens"] > 0
    assert call.attributes["gen_ai.usage.output_tokens"] > 0
    assert call.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert [row["id"] for row in rows.json()["calls"]] == [call.attributes["parley.call_id"]]
    assert TRACE in {line.get("trace_id") for line in lines}


async def test_a_run_is_one_trace(
    watched: Service, sentry: FakeSentry, collector: FakeCollector
) -> None:
    config = {"model": "fake-small", "provider": "openai"}
    made = await watched.http.post(
        "/api/v1/simulation/initialize", json=marketplace(llm_config=config)
    )
    room_id = made.json()["negotiation_rooms"][0]["room_id"]
    started = await watched.http.post(f"/api/v1/negotiation/{room_id}/start")
    trace_id = started.json()["run_id"].replace("-", "")

    def jobs() -> list[Any]:
        return [span for span in collector.named("process ") if span.trace_id == trace_id]

    await collector.until(lambda: any("negotiation:run" in span.name for span in jobs()))
    (job,) = [span for span in jobs() if "negotiation:run" in span.name]
    calls = [span for span in collector.named("chat ") if span.parent_id == job.span_id]
    assert calls
    assert {span.trace_id for span in calls} == {trace_id}
    await sentry.until(
        lambda: any(t["contexts"]["trace"]["span_id"] == job.span_id for t in sentry.transactions)
    )
    (timing,) = [t for t in sentry.transactions if t["contexts"]["trace"]["span_id"] == job.span_id]
    assert len(timing["spans"]) == len(calls)
    assert {span["op"] for span in timing["spans"]} == {"gen_ai.chat"}


async def test_what_isnt_of_interest_leaves_no_span(
    watched: Service, collector: FakeCollector
) -> None:
    for path in ("/livez", "/readyz", "/docs"):
        await watched.http.get(path)
    await watched.http.get("/api/v1/health", headers={"x-request-id": "after-1"})
    await collector.until(
        lambda: any(s.attributes.get("parley.request_id") == "after-1" for s in collector.spans)
    )

    assert not {"GET /livez", "GET /readyz", "GET /docs"} & {s.name for s in collector.spans}
    assert "GET /api/v1/health" in {span.name for span in collector.spans}


async def test_while_both_hang_requests_are_answered(
    watched: Service, sentry: FakeSentry, collector: FakeCollector
) -> None:
    sentry.fault = collector.fault = "hang"
    try:
        assert (await watched.http.post("/broken/x")).status_code == 500
        for _ in range(20):
            assert (await watched.http.get("/api/v1/health")).status_code == 200
        assert (await watched.http.post(COMPLETIONS, json=said())).status_code == 200
    finally:
        sentry.let_go()
        collector.let_go()


async def test_no_secret_and_no_prompt_has_left(
    watched: Service, sentry: FakeSentry, collector: FakeCollector
) -> None:
    await watched.http.post(COMPLETIONS, json=said(CANARY), headers={"x-request-id": "canary-1"})
    await collector.until(
        lambda: any(s.attributes.get("parley.request_id") == "canary-1" for s in collector.spans)
    )

    assert sentry.raw
    assert not [raw for raw in sentry.raw if CANARY.encode() in raw]
    assert not [span for span in collector.spans if CANARY in repr(span)]

"""Models are put to exercises, and what they did is kept."""

import json
from collections.abc import Callable
from typing import Any

from app.gateway import BenchmarkPlan
from app.llm import ModelRef, Task, exercises
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service
from tests.gateway.catalogue.conftest import Gateway, OpenGateway

NOBODY = "http://127.0.0.1:9"
PRICE = {"prompt": "0.000001", "completion": "0.000001"}
FREE = {"prompt": "0", "completion": "0"}


def plan(**fields: Any) -> BenchmarkPlan:
    return BenchmarkPlan("default", **fields)


def model(name: str, pricing: Any = FREE, **more: Any) -> Any:
    return {"id": name, "pricing": pricing, **more}


def solves(task: Task, *numbers: int) -> Callable[[dict[str, Any]], str]:
    """A model that can do these of the extractions, and nothing else."""
    right = {
        exercises()[task][number].prompt: json.dumps(exercises()[task][number].solution["fields"])
        for number in numbers
    }
    return lambda body: right.get(body["messages"][-1]["content"], "I don't know")


async def test_a_model_is_measured(open_gateway: OpenGateway, upstream: FakeOpenAI) -> None:
    upstream.models_payload = {"data": [model("able:free")]}
    upstream.reply = solves(Task.EXTRACTION, 0, 1, 2)
    gateway: Gateway = await open_gateway(openrouter=upstream)
    report = await gateway.benchmark.run(plan(tasks=(Task.EXTRACTION, Task.CODING)))
    scores = {row.task: (row.score, row.answered, row.asked) for row in report.results}
    assert scores == {"extraction": (0.75, 4, 4), "coding": (0.0, 4, 4)}
    assert all(row.first_token_ms is not None for row in report.results)
    assert all(row.error is None for row in report.results)
    assert not report.left_out
    facts = gateway.live.current.find(ModelRef("openrouter", "able:free"))
    assert facts is not None
    assert facts.quality == 0.375
    shown = await gateway.browsing.show("able:free")
    assert shown.model.results is not None
    assert shown.model.results.quality == 0.375
    assert len(shown.benchmarks) == 2
    assert (await gateway.discovery.run()).totals.benchmarked == 1


async def test_free_means_free(open_gateway: OpenGateway, upstream: FakeOpenAI) -> None:
    rows = [
        model("paid", PRICE),
        model("unknown", {"prompt": "-1", "completion": "-1"}),
        model("request", {**FREE, "request": "0.1"}),
    ]
    upstream.models_payload = {"data": rows}
    gateway: Gateway = await open_gateway(openrouter=upstream)
    report = await gateway.benchmark.run(plan(free=True))
    assert not report.results
    assert [left.provider for left in report.left_out] == ["openrouter"]
    assert not upstream.calls


async def test_free_ones_come_first_and_no_more_are_asked_than_wanted(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    rows = [
        model("big", PRICE, context_length=900_000),
        model("gift:free", context_length=1000),
        model("text-embedding", FREE),
    ]
    upstream.models_payload = {"data": rows}
    gateway: Gateway = await open_gateway(openrouter=upstream)
    tasks = (Task.EXTRACTION,)
    report = await gateway.benchmark.run(plan(top=1, tasks=tasks))
    assert [row.model for row in report.results] == ["gift:free"]
    report = await gateway.benchmark.run(plan(top=1, tasks=tasks, free=False))
    assert [row.model for row in report.results] == ["big"]
    report = await gateway.benchmark.run(plan(top=10, tasks=tasks))
    assert [row.model for row in report.results] == ["gift:free", "big"]


async def test_a_provider_that_went_away_is_a_result(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    upstream.models_payload = {"data": [model("able:free")]}
    before: Gateway = await open_gateway(openrouter=upstream)
    await before.discovery.run()
    gateway: Gateway = await open_gateway(openrouter=NOBODY)
    report = await gateway.benchmark.run(plan(tasks=(Task.ANALYSIS,)))
    (row,) = report.results
    assert (row.score, row.answered, row.asked) == (None, 0, 4)
    assert row.error is not None
    assert "can't be reached" in row.error
    assert report.failed
    facts = gateway.live.current.find(ModelRef("openrouter", "able:free"))
    assert facts is not None
    assert facts.quality is None


async def test_what_takes_too_long_is_not_waited_for(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    upstream.models_payload = {"data": [model("slow:free")]}
    gateway: Gateway = await open_gateway(openrouter=upstream)
    await gateway.discovery.run()
    upstream.latency = 30
    report = await gateway.benchmark.run(plan(tasks=(Task.ANALYSIS,), seconds=0.2))
    (row,) = report.results
    assert row.answered == 0
    assert "the time" in (row.error or "")
    for recorded in upstream.requests:
        if recorded.path.endswith("/chat/completions"):
            await recorded.hung_up()


async def test_over_http(run_service: RunService, upstream: FakeOpenAI) -> None:
    upstream.reply = solves(Task.EXTRACTION, 0)
    async with run_service(LM_STUDIO_BASE_URL=upstream.base_url, RUN_WORKER="false") as service:
        body = {"top": 1, "tasks": ["extraction"], "free": True}
        told = await service.http.post("/api/v1/models/benchmark", json=body)
        assert told.status_code == 200, told.text
        (result,) = told.json()["results"]
        assert (result["provider"], result["id"]) == ("lm_studio", "fake-large")
        assert (result["task"], result["score"]) == ("extraction", 0.25)
        shown = (await service.http.get("/api/v1/models/fake-large")).json()
        assert shown["benchmark"]["quality"] == 0.25
        assert shown["benchmarks"][0]["task"] == "extraction"
        for wrong, field in (
            ({"top": 11}, "top"),
            ({"top": 0}, "top"),
            ({"tasks": ["singing"]}, "tasks.0"),
        ):
            told = await service.http.post("/api/v1/models/benchmark", json=wrong)
            assert told.status_code == 400
            assert told.json()["error"]["details"][0]["field"] == field
        told = await service.http.post("/api/v1/models/benchmark", json={"providers": ["groq"]})
        assert told.json()["error"]["code"] == "LLM_PROVIDER_DISABLED"


async def test_with_no_provider_there_is_nothing_to_ask(service: Service) -> None:
    for body in (b"", b"{}"):
        told = await service.http.post("/api/v1/models/benchmark", content=body)
        assert told.status_code == 200
        assert told.json() == {"results": [], "left_out": []}

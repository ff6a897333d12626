"""A service whose turns are told to a Galileo on loopback; one for the module."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from app.db import Address
from tests.fakes.galileo import KEY, FakeGalileo
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.database import new_database
from tests.fixtures.service import serving, settings_for
from tests.functional.client import PATIENCE_SECONDS, Market, answer, market_at
from tests.functional.marketplaces import item, marketplace, seller, stock
from tests.functional.talk import Answer, Talk

Json = dict[str, Any]

ALOOF = "canary words of a caller of the gateway"
LIMITS = ("937.13", "611.37", "553.91", "702.57")
"""Of the buyer from above and below, and of the seller its cost and its least price."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened once, and was told, and scored: a run in a room, and an answer."""

    session: Json
    run_id: str
    said: Answer


@dataclass(frozen=True, slots=True)
class Watched:
    """The service, who is told of it, and who speaks in it."""

    market: Market
    galileo: FakeGalileo
    vendor: FakeOpenAI

    async def story(self) -> Story:
        self.galileo.metrics = scored
        body = {"model": "lm_studio:ok", "messages": [{"role": "user", "content": ALOOF}]}
        answered = await self.market.http.post("/v1/chat/completions", json=body)
        assert answered.status_code == 200
        said = await Talk(self.market.http).say("What is a good price for a laptop?")
        session, run_id = await self.played()

        async def told() -> bool:
            page = await self.get("scores", run_id=run_id, scorer="tone")
            arrived = self.traces(run_id)
            return page["total"] == len(arrived) and outcome_of(arrived) is not None

        await until(told)
        return Story(session, run_id, said)

    async def played(self) -> tuple[Json, str]:
        """A session of one room that language models played to its end, and its run's id."""
        high, low, cost, least = map(float, LIMITS)
        made = await self.market.initialize(
            marketplace(
                [item(low=low, high=high)],
                [seller("TechStore", stock(cost=cost, least=least, selling=999))],
                agents={"buyer": "llm", "sellers": "llm"},
                llm_config={"model": "fake-small", "provider": "lm_studio"},
            )
        )
        room_id = made["negotiation_rooms"][0]["room_id"]
        started = await self.market.start(room_id)
        await self.market.events(room_id)
        return made, started["run_id"]

    async def get(self, path: str, **query: Any) -> Json:
        return answer(await self.market.http.get(f"/api/v1/telemetry/{path}", params=query))

    def traces(self, session: str) -> list[Json]:
        """Those that arrived for a run or conversation."""
        session_id = self.galileo.sessions.get(session)
        return [t for t in self.galileo.traces.values() if t["session_id"] == session_id]


@pytest.fixture(scope="module")
def watched_address(postgres: Address, worker_id: str) -> Iterator[Address]:
    with new_database(postgres, f"galileo_{worker_id}") as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(
    watched_address: Address, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    async with FakeGalileo() as galileo, FakeOpenAI(reply=negotiate) as vendor:
        with pytest.MonkeyPatch.context() as patch:
            settings = settings_for(
                watched_address,
                tmp_path_factory.mktemp("galileo"),
                patch,
                LM_STUDIO_BASE_URL=vendor.base_url,
                LLM_PROVIDER="lm_studio",
                LLM_CHAIN="lm_studio:fake-small",
                GALILEO_API_KEY=KEY,
                GALILEO_API_URL=galileo.url,
                GALILEO_SCORERS="context_adherence,reasoning_coherence,tone,flattery",
                LOG_LEVEL="CRITICAL",
            )
        async with serving(settings) as service, market_at(service.url) as market:
            yield Watched(market, galileo, vendor)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(watched: Watched) -> Story:
    return await watched.story()


def scored(_trace: Json) -> Json:
    """As Galileo's own records are keyed: by the metric, which isn't named as its scorer."""
    return {
        "groundedness": {"status_type": "success", "value": 0.75, "explanation": "as it was told"},
        "reasoning_coherence": {"status_type": "success", "value": 0.5},
        "tone": {"status_type": "success", "value": "joy"},
        "duration_ns": {"status_type": "success", "value": 7},
    }


def outcome_of(traces: list[Json]) -> Json | None:
    return next((trace for trace in traces if trace["name"].startswith("outcome")), None)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():
            await asyncio.sleep(0.02)

"""What the partners are sent, over a whole negotiation with every one of them on: never a key but
their own, and never a limit that an agent keeps to itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.db import Address
from tests.crash.processes import Processes
from tests.fakes import elevenlabs, galileo
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.fakes.galileo import FakeGalileo
from tests.fakes.gemini import FakeGemini
from tests.fakes.http_server import Request
from tests.fakes.judging import JUDGES, judge
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.fakes.otlp import FakeCollector
from tests.fakes.sentry import FakeSentry
from tests.functional.client import Json, market_at
from tests.functional.test_opacity import HIGH, LOW, SECRETS, canaries, numbers

LIMITS = {LOW, HIGH, *(own[name] for own in SECRETS.values() for name in ("cost", "least"))}
GEMINI_KEY = "canary-gemini-key"
VENDOR_KEY = "sk-canary-key"
KEYS = {VENDOR_KEY, GEMINI_KEY, elevenlabs.KEY, galileo.KEY}

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Partners:
    gemini: FakeGemini
    elevenlabs: FakeElevenLabs
    galileo: FakeGalileo
    sentry: FakeSentry
    collector: FakeCollector

    @property
    def settings(self) -> dict[str, str]:
        return {
            "GEMINI_API_KEY": GEMINI_KEY,
            "GEMINI_BASE_URL": self.gemini.base_url,
            "ELEVENLABS_API_KEY": elevenlabs.KEY,
            "ELEVENLABS_BASE_URL": self.elevenlabs.base_url,
            "GALILEO_API_KEY": galileo.KEY,
            "GALILEO_API_URL": self.galileo.url,
            "SENTRY_DSN": self.sentry.dsn,
            "SENTRY_TRACES_SAMPLE_RATE": "1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.endpoint,
        }

    @property
    def sent(self) -> dict[str, str]:
        """All that each was sent, headers too, without its own key where that belongs."""
        judged = [call.request for call in self.gemini.requests]
        spoken = [each.request for each in self.elevenlabs.requests]
        return {
            "gemini": _text(judged).replace(GEMINI_KEY, ""),
            "elevenlabs": _text(spoken).replace(elevenlabs.KEY, ""),
            "galileo": _text(self.galileo.requests).replace(galileo.KEY, ""),
            "sentry": "\n".join(raw.decode() for raw in self.sentry.raw),
            "otlp": repr(self.collector.spans),
        }


def _text(requests: list[Request]) -> str:
    return "\n".join(
        f"{r.method} {r.path} {json.dumps(r.headers)}\n{r.body.decode(errors='replace')}"
        for r in requests
    )


@pytest.fixture
async def partners() -> AsyncIterator[Partners]:
    async with AsyncExitStack() as stack:
        yield Partners(
            await stack.enter_async_context(FakeGemini(reply=judge, models=JUDGES)),
            await stack.enter_async_context(FakeElevenLabs()),
            await stack.enter_async_context(FakeGalileo()),
            await stack.enter_async_context(FakeSentry()),
            await stack.enter_async_context(FakeCollector()),
        )


async def test_no_partner_is_sent_a_key_or_a_limit(
    partners: Partners, clean_address: Address, tmp_path: Path
) -> None:
    """In a process of its own: a reporter of errors is one for a whole process."""
    processes = Processes(
        tmp_path, DATABASE_URL=clean_address.libpq, DATA_DIR=str(tmp_path / "data")
    )
    try:
        async with FakeOpenAI(reply=negotiate) as vendor:
            running = await processes.serve(
                OPENROUTER_API_KEY=VENDOR_KEY,
                OPENROUTER_BASE_URL=vendor.base_url,
                LLM_PROVIDER="openrouter",
                **partners.settings,
            )
            await _all_that_happens(running.url, partners)
            await running.terminate()
    finally:
        await processes.aclose()
    sent = partners.sent
    assert all(sent.values()), {name: len(text) for name, text in sent.items()}
    for name, text in sent.items():
        assert not {key for key in KEYS if key in text}, name
        assert not LIMITS & numbers(text), name


async def _all_that_happens(url: str, partners: Partners) -> None:
    """A negotiation is played, judged, traced, timed and read aloud, and one request fails for a
    reason that is reported."""
    async with market_at(url) as market:
        made = await market.initialize(canaries())
        [room] = made["negotiation_rooms"]
        started = await market.start(room["room_id"])
        run = f"/api/v1/analysis/runs/{started['run_id']}"
        await _until(
            lambda: _status(market.http.get(run)), lambda status: status in {"judged", "failed"}
        )
        state = await market.state(room["room_id"])
        for message in state["conversation_history"]:
            heard = await market.http.get(f"/api/v1/voice/messages/{message['message_id']}")
            assert heard.status_code == 200, heard.text
        partners.elevenlabs.fault = "status-500"
        refused = await market.http.post("/api/v1/voice/speech", json={"text": "Hello there."})
        assert refused.status_code == 503
        await _until(_now(lambda: len(partners.galileo.traces)), lambda count: count > 0)
        await partners.sentry.until(lambda: bool(partners.sentry.transactions))
        await partners.collector.until(lambda: bool(partners.collector.spans))


def _now(look: Callable[[], Any]) -> Callable[[], Any]:
    async def looked() -> Any:
        return look()

    return looked


async def _status(asking: Any) -> str:
    answer: Json = (await asking).json()
    return str(answer.get("status", answer))


async def _until(look: Callable[[], Any], holds: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds(await look()):
            await asyncio.sleep(0.1)

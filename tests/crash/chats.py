"""Answers that are made slowly enough for something to happen to them, and who follows them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.kit.sse import Decoder, Frame
from tests.crash.processes import PATIENCE_SECONDS
from tests.fakes.openai_wire import FakeOpenAI

WORDS = " ".join(f"word{number}" for number in range(120))


def upstream(*, delay: float = 0.02) -> FakeOpenAI:
    """A vendor whose answer takes its time."""
    return FakeOpenAI(reply=lambda _: WORDS, token_delay=delay)


def settings(fake: FakeOpenAI, **more: str) -> dict[str, str]:
    return {"OPENAI_API_KEY": "sk-crash", "OPENAI_BASE_URL": fake.base_url, **more}


@dataclass
class Following:
    """An open stream of an answer; `frames` are those that came."""

    response: httpx.Response
    frames: list[Frame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chunks = self.response.aiter_bytes()
        self._decoder = Decoder()

    async def until(self, count: int) -> None:
        """Reads up to so many events; fewer where the stream ends before, or is cut."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.frames) < count:
                try:
                    chunk = await anext(self._chunks, None)
                except httpx.HTTPError:
                    return
                if chunk is None:
                    return
                self.frames += self._decoder.feed(chunk)

    async def rest(self) -> list[Frame]:
        await self.until(1_000_000)
        return self.frames

    @property
    def generation_id(self) -> str:
        generation_id: str = data(self.frames[0])["generation_id"]
        return generation_id


def data(frame: Frame) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(frame.data)
    return told


def text(frames: list[Frame]) -> str:
    return "".join(data(frame)["content"] for frame in frames if frame.event == "content")


@asynccontextmanager
async def asked(url: str, **more: str) -> AsyncIterator[Following]:
    """A question, and the stream of its answer."""
    body = {"message": "Tell me a lot", "model": "openai:fake-small", **more}
    async with (
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
        client.stream("POST", "/api/chat/stream", json=body) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield Following(response)


@asynccontextmanager
async def followed(url: str, generation_id: str, place: str = "") -> AsyncIterator[Following]:
    headers = {"last-event-id": place} if place else {}
    path = f"/api/chat/{generation_id}/stream"
    async with (
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
        client.stream("GET", path, headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield Following(response)


async def whole(url: str, generation_id: str, place: str = "") -> list[Frame]:
    async with followed(url, generation_id, place) as following:
        return await following.rest()


async def stopped(url: str, generation_id: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
        answer = await client.post(f"/api/chat/{generation_id}/stop")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told

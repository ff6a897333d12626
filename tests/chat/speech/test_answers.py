"""Answers aloud in the test's own loop: a stream that has to wait for its first event, and a stop
that another process is asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest
from starlette.types import Message

from app.chat import Chat
from app.chat.speech.answers import answer_events
from app.chat.speech.heard import Listening, Over, Voiced
from app.db import Address
from app.lifespan import lifespan_of
from app.main import create_app
from app.web import EventStreams, OpenedStream
from tests.chat.speech.halting import HaltingUpstream
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fixtures.service import settings_for

VOICE = "JBFqnCBsd6RMkjVDRZzb"
SCOPE = {"type": "http", "method": "GET", "headers": []}


class OpenChat(Protocol):
    """`async with open_chat() as chat`: that of a process of its own, or as good as that."""

    def __call__(self) -> AbstractAsyncContextManager[Chat]: ...


@pytest.fixture
async def halting() -> AsyncIterator[HaltingUpstream]:
    async with HaltingUpstream("It |rains in the south. Take a coat with you! Bye.") as fake:
        yield fake


@pytest.fixture
async def speaker() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs() as fake:
        yield fake


@pytest.fixture
def open_chat(
    halting: HaltingUpstream,
    speaker: FakeElevenLabs,
    clean_address: Address,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenChat:
    settings = settings_for(
        clean_address,
        tmp_path,
        monkeypatch,
        LM_STUDIO_BASE_URL=halting.base_url,
        LLM_CHAIN_CHAT="lm_studio:fake-small",
        ELEVENLABS_API_KEY=KEY,
        ELEVENLABS_BASE_URL=speaker.base_url,
    )

    @asynccontextmanager
    async def opened() -> AsyncIterator[Chat]:
        async with lifespan_of(settings)(create_app(settings)) as state:
            yield state["chat"]

    return opened


async def test_a_stream_that_waits_says_so_and_a_stop_from_elsewhere_ends_the_reading(
    open_chat: OpenChat, halting: HaltingUpstream, speaker: FakeElevenLabs
) -> None:
    async with open_chat() as here, open_chat() as elsewhere:
        began = await here.speech.spoken.hear("default", "How is the weather?")
        listening = Listening("default", began.generation_id, VOICE)
        body = await sent(here, listening, halting)
        assert body.index(b": waiting") < body.index(b"event: sentence")
        assert body.rstrip().endswith(b'{"type":"done","sentences":3,"stopped":false}')

        speaker.spoken_to.fault = "slow"
        speaker.spoken_to.pace.set()
        async with aclosing(here.speech.voicing.hear(listening)) as events:
            heard = [await anext(events), await anext(events)]
            await elsewhere.generations.stop("default", began.generation_id)
            heard += [event async for event in events]
        assert [event for event in heard if isinstance(event, Voiced)] == heard[1:2]
        assert heard[2:] == [Over(1, stopped=True)]


async def sent(chat: Chat, listening: Listening, model: HaltingUpstream) -> bytes:
    """All of a stream whose model goes on once the reader was told to wait."""
    pieces: list[bytes] = []

    async def send(message: Message) -> None:
        pieces.append(message.get("body", b""))
        if b": waiting" in pieces[-1]:
            model.go.set()

    async def never() -> Message:
        return await asyncio.Future()

    streams = EventStreams(silence=0.01)
    response = OpenedStream(streams, answer_events(chat.speech.voicing, listening, streams.silence))
    await response(SCOPE, never, send)
    return b"".join(pieces)

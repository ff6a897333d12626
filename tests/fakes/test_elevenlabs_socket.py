"""The fake's websocket, driven by ElevenLabs' own SDK."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.realtime_tts import RealtimeTextToSpeechClient

from tests.fakes.elevenlabs_socket import SpokenTo, silence
from tests.fakes.http_server import Exchange, HttpServer

# The SDK asks the library in a way of old.
pytestmark = pytest.mark.filterwarnings("ignore:ConnectionClosed:DeprecationWarning")

SENTENCES = ["It rains. ", "Take a coat! "]


async def nothing_here(exchange: Exchange) -> None:
    exchange.answer(404, b"", {})


@pytest.fixture
async def fake() -> AsyncIterator[tuple[SpokenTo, str]]:
    spoken_to = SpokenTo(api_key="sk-canary-elevenlabs")
    async with HttpServer(nothing_here, upgrade=spoken_to.upgrade) as server:
        yield spoken_to, f"http://127.0.0.1:{server.port}"


def convert(url: str) -> bytes:
    client = ElevenLabs(api_key="sk-canary-elevenlabs", base_url=url).text_to_speech
    assert isinstance(client, RealtimeTextToSpeechClient)
    client._ws_base_url = url.replace("http", "ws")  # it insists on TLS otherwise
    spoken = client.convert_realtime(
        "JBFqnCBsd6RMkjVDRZzb", text=iter(SENTENCES), model_id="m", output_format="pcm_8000"
    )
    return b"".join(spoken)


async def test_the_sdk_hears_all_of_it(fake: tuple[SpokenTo, str]) -> None:
    spoken_to, url = fake
    heard = await asyncio.to_thread(convert, url)
    session = spoken_to.sessions[0]
    assert heard == silence("".join(session.texts))
    assert "".join("".join(session.texts).split()) == "Itrains.Takeacoat!"
    assert session.voice_id == "JBFqnCBsd6RMkjVDRZzb"
    assert session.query == {"model_id": "m", "output_format": "pcm_8000"}


@pytest.mark.parametrize("fault", ["quota", "error"])
async def test_the_sdk_understands_what_went_wrong(fake: tuple[SpokenTo, str], fault: str) -> None:
    spoken_to, url = fake
    spoken_to.fault = fault
    with pytest.raises(ApiError) as raised:
        await asyncio.to_thread(convert, url)
    assert raised.value.status_code == (1008 if fault == "quota" else 1011)

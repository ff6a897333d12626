"""The fake's ears, driven by ElevenLabs' own SDK."""

from collections.abc import AsyncIterator

import httpx
import pytest
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.request_options import RequestOptions
from elevenlabs.types.speech_to_text_chunk_response_model import SpeechToTextChunkResponseModel

from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.elevenlabs_hearing import PATH, Listener

RECORDING = ("said.mp3", b"ID3 and more", "audio/mpeg")


@pytest.fixture
async def listener() -> Listener:
    return Listener()


@pytest.fixture
async def sdk(listener: Listener) -> AsyncIterator[AsyncElevenLabs]:
    async with FakeElevenLabs() as vendor, httpx.AsyncClient() as http:
        vendor.routes[PATH] = listener
        yield AsyncElevenLabs(api_key=KEY, base_url=vendor.base_url, httpx_client=http)


async def test_the_sdk_is_told_what_was_heard(sdk: AsyncElevenLabs, listener: Listener) -> None:
    told = await sdk.speech_to_text.convert(model_id="scribe_v1", file=RECORDING)
    assert isinstance(told, SpeechToTextChunkResponseModel)
    assert (told.text, told.language_code) == (listener.text, "eng")
    assert told.audio_duration_secs == 3
    assert [word.text for word in told.words if word.type == "word"] == listener.text.split()
    [heard] = listener.heard
    assert (heard.name, heard.file, heard.content_type) == RECORDING
    assert heard.key == KEY


async def test_the_sdk_understands_what_went_wrong(
    sdk: AsyncElevenLabs, listener: Listener
) -> None:
    listener.fault = "status-503"
    with pytest.raises(ApiError) as raised:
        await sdk.speech_to_text.convert(
            model_id="scribe_v1", file=RECORDING, request_options=RequestOptions(max_retries=0)
        )
    assert raised.value.status_code == 503

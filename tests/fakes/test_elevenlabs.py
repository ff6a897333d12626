"""The fake, driven by ElevenLabs' own SDK."""

from collections.abc import AsyncIterator

import httpx
import pytest
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError

from tests.fakes.elevenlabs import KEY, VOICES, FakeElevenLabs
from tests.fakes.elevenlabs_sounds import sound


@pytest.fixture
async def vendor() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs() as fake:
        yield fake


@pytest.fixture
async def sdk(vendor: FakeElevenLabs) -> AsyncIterator[AsyncElevenLabs]:
    async with httpx.AsyncClient() as http:
        yield AsyncElevenLabs(api_key=KEY, base_url=vendor.base_url, httpx_client=http)


@pytest.mark.parametrize("form", ["mp3_44100_128", "opus_48000_64", "pcm_24000"])
async def test_the_sdk_hears_the_sound(sdk: AsyncElevenLabs, form: str) -> None:
    speech = sdk.text_to_speech
    async with speech.with_raw_response.stream("v1", text="Hello", output_format=form) as answer:
        heard = b"".join([piece async for piece in answer.data])
        assert answer.headers["character-cost"] == "5"
        assert answer.headers["request-id"]
    assert heard == sound("Hello", form)


async def test_the_sdk_is_told_when_each_character_is_spoken(sdk: AsyncElevenLabs) -> None:
    speech = sdk.text_to_speech
    lines = [line async for line in speech.stream_with_timestamps("v1", text="Hello, Graz!")]
    said = "".join("".join(line.alignment.characters) for line in lines if line.alignment)
    assert said == "Hello, Graz!"


async def test_the_sdk_lists_the_voices_page_by_page(sdk: AsyncElevenLabs) -> None:
    voices = sdk.voices
    first = await voices.search(page_size=2)
    second = await voices.search(page_size=2, next_page_token=first.next_page_token)
    assert [v.voice_id for v in [*first.voices, *second.voices]] == [v[0] for v in VOICES]
    assert (first.has_more, second.has_more) == (True, False)


async def test_the_sdk_understands_a_refusal(vendor: FakeElevenLabs, sdk: AsyncElevenLabs) -> None:
    vendor.fault = "status-429-after-7"
    speech = sdk.text_to_speech
    with pytest.raises(ApiError) as raised:
        _ = [piece async for piece in speech.stream("v1", text="Hello")]
    assert raised.value.status_code == 429
    assert (raised.value.headers or {})["retry-after"] == "7"

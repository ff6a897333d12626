"""The list of voices, which is old rather than missing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from app.voice.accounting import Rates
from app.voice.casting import Casting
from app.voice.elevenlabs import ElevenLabs, VendorOptions
from app.voice.errors import VoiceOff, VoiceUnavailable
from app.voice.voices import Voices
from tests.fakes.elevenlabs import KEY, FakeElevenLabs

RATES = Rates(Decimal(1), Decimal(1))


class Clock:
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def vendor() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs() as fake:
        yield fake


async def test_an_old_list_is_served_while_a_new_one_is_asked_for(vendor: FakeElevenLabs) -> None:
    clock = Clock()
    client = ElevenLabs(VendorOptions(SecretStr(KEY), vendor.base_url), RATES)
    voices = Voices(client, Casting(), clock)
    vendor.fault = "status-500"
    with pytest.raises(VoiceUnavailable, match="status 500"):
        await voices.page(limit=10, offset=0)
    vendor.fault = "ok"
    first = await voices.page(limit=2, offset=0)
    assert ([voice.name for voice in first.voices], first.total) == (["George", "Jessica"], 3)

    vendor.fault = "status-500"
    for _ in range(5):
        clock.now += timedelta(minutes=11)
        assert (await voices.page(limit=2, offset=0)).voices == first.voices
    vendor.fault = "ok"
    vendor.voices.clear()
    clock.now += timedelta(minutes=11)
    while (await voices.page(limit=2, offset=0)).total:
        await asyncio.sleep(0.01)
    assert (await voices.page(limit=2, offset=0)).told_at == clock.now
    await voices.aclose()
    await client.aclose()


async def test_without_a_key_there_is_none() -> None:
    voices = Voices(ElevenLabs(VendorOptions(None), RATES), Casting(), Clock())
    with pytest.raises(VoiceOff, match="ELEVENLABS_API_KEY"):
        await voices.page(limit=10, offset=0)

"""One service for each module, with ElevenLabs on loopback."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from app.db import Address
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fixtures.database import empty
from tests.fixtures.service import Service, serving, settings_for


@pytest.fixture(scope="module")
def voice_address(address: Address) -> Address:
    empty(address)
    return address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fake() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs() as vendor:
        yield vendor


@pytest.fixture
def vendor(fake: FakeElevenLabs) -> Iterator[FakeElevenLabs]:
    """As it came, after each test too."""
    fake.forget()
    yield fake
    fake.forget()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    voice_address: Address, fake: FakeElevenLabs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_for(
            voice_address,
            tmp_path_factory.mktemp("voice"),
            patch,
            ELEVENLABS_API_KEY=KEY,
            ELEVENLABS_BASE_URL=fake.base_url,
            VOICE_FIRST_AUDIO_TIMEOUT="1",
            VOICE_TEXT_LIMIT="500",
            VOICE_UPLOAD_LIMIT_BYTES="20000",
            LOG_LEVEL="CRITICAL",
        )
    async with serving(settings) as running:
        yield running

"""One service for each module that asks for it, with a model that halts and a voice, both ours."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from app.db import Address
from tests.chat.speech.halting import HaltingUpstream
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fixtures.database import empty
from tests.fixtures.service import Service, serving, settings_for

ANSWER = (
    "It rains in the south today. Take a |coat with you! **Or** stay here.\n\n```\nx = 1\n```\nBye."
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[HaltingUpstream]:
    async with HaltingUpstream(ANSWER) as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs() as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talking(
    address: Address,
    model: HaltingUpstream,
    voice: FakeElevenLabs,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Service]:
    empty(address)
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_for(
            address,
            tmp_path_factory.mktemp("talking"),
            patch,
            LM_STUDIO_BASE_URL=model.base_url,
            LLM_CHAIN_CHAT="lm_studio:fake-small",
            ELEVENLABS_API_KEY=KEY,
            ELEVENLABS_BASE_URL=voice.base_url,
            VOICE_TEXT_LIMIT="70",
            VOICE_UPLOAD_LIMIT_BYTES="20000",
            LOG_LEVEL="CRITICAL",
        )
    async with serving(settings) as running:
        yield running


@pytest.fixture
def vendors(model: HaltingUpstream, voice: FakeElevenLabs) -> Iterator[None]:
    """As they came, after each test too."""
    yield
    model.answer = ANSWER
    model.breaks = False
    model.go.clear()
    voice.forget()
    voice.spoken_to.fault = "ok"
    voice.spoken_to.pace.clear()
    voice.spoken_to.sessions.clear()
    voice.routes.clear()

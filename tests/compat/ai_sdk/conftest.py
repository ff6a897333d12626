"""The door in front of one vendor on loopback, and the AI SDK's own client before it. One service
for each module."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.db import Address
from tests.compat.ai_sdk.client import Client, running
from tests.compat.ai_sdk.packages import DOCUMENTED, VERSIONS, Missing, laid_out
from tests.compat.ai_sdk.upstream import HeldUpstream
from tests.docs.pages import Page
from tests.docs.running import SHOWN_ADDRESS
from tests.fixtures.database import new_database
from tests.fixtures.service import Service, serving, settings_for

SAID = "Graz lies on the Mur."


@pytest.fixture(scope="module")
def ai_sdk_address(postgres: Address, worker_id: str) -> Iterator[Address]:
    with new_database(postgres, f"ai_sdk_{worker_id}") as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncIterator[HeldUpstream]:
    async with HeldUpstream(reply=lambda _body: SAID) as fake:
        yield fake


@pytest.fixture
def vendor(upstream: HeldUpstream) -> Iterator[HeldUpstream]:
    """As it came, after each test too."""
    upstream.requests.clear()
    yield upstream
    upstream.let_go()
    upstream.faults.clear()
    upstream.reply = lambda _body: SAID


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    ai_sdk_address: Address, upstream: HeldUpstream, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_for(
            ai_sdk_address,
            tmp_path_factory.mktemp("ai_sdk"),
            patch,
            OPENAI_BASE_URL=upstream.base_url,
            OPENAI_API_KEY="sk-canary-openai",
            LLM_CHAIN_CHAT="openai:fake-small",
            LOG_LEVEL="CRITICAL",
        )
    async with serving(settings) as running_service:
        yield running_service


@pytest.fixture(scope="module", params=VERSIONS)
def page_folder(
    request: pytest.FixtureRequest, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page of the documentation, for this service and in one of the versions. Skips where
    Node or the packages aren't to be had."""
    modules = {
        block.title: block.text.replace(SHOWN_ADDRESS, service.url)
        for block in Page(DOCUMENTED).blocks
        if block.title in {"parley.js", "page.jsx"}
    }
    try:
        return laid_out(tmp_path_factory.mktemp(request.param), request.param, modules)
    except Missing as missing:
        pytest.skip(str(missing))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(page_folder: Path) -> AsyncIterator[Client]:
    async with running(page_folder / "chat.mjs") as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(page_folder: Path) -> AsyncIterator[Client]:
    async with running(page_folder / "page.mjs") as started:
        yield started

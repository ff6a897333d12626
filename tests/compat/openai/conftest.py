"""The door over HTTP, in front of two vendors on loopback. One service for each module."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.db import Address
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.database import new_database
from tests.fixtures.service import Service, serving, settings_for

TEXT = "Grüße aus dem Süden, 你好 und 🌍, sagt das Modell."
SPARE = "The spare model speaks."
PATIENCE = 1.5
"""Seconds for the first token and between two; a whole answer has four times that."""

_QUICK = {
    "LLM_CONNECT_TIMEOUT": "1",
    "LLM_FIRST_TOKEN_TIMEOUT": str(PATIENCE),
    "LLM_IDLE_TIMEOUT": str(PATIENCE),
    "LLM_TOTAL_TIMEOUT": str(4 * PATIENCE),
    "OPENAI_API_KEY": "sk-canary-openai",
    "CUSTOM_GONE_BASE_URL": "http://127.0.0.1:9/v1",
    "CUSTOM_NOWHERE_BASE_URL": "http://nowhere.invalid/v1",
    "LOG_LEVEL": "CRITICAL",
}


@pytest.fixture(scope="module")
def door_address(postgres: Address, worker_id: str) -> Iterator[Address]:
    with new_database(postgres, f"door_{worker_id}") as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def vendor() -> AsyncIterator[FakeOpenAI]:
    """Behind the provider `openai`."""
    async with FakeOpenAI(reply=lambda _body: TEXT) as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spare() -> AsyncIterator[FakeOpenAI]:
    """Behind the provider `spare`."""
    async with FakeOpenAI(reply=lambda _body: SPARE) as fake:
        yield fake


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """What a module's service is set to beside the usual; a module may have its own."""
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(
    door_address: Address,
    vendor: FakeOpenAI,
    spare: FakeOpenAI,
    settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("door")
    async with _opened(door_address, vendor, spare, folder, settings) as service:
        yield service


@asynccontextmanager
async def _opened(
    address: Address, vendor: FakeOpenAI, spare: FakeOpenAI, folder: Path, more: dict[str, str]
) -> AsyncIterator[Service]:
    environment: dict[str, Any] = {
        **_QUICK,
        "OPENAI_BASE_URL": vendor.base_url,
        "CUSTOM_SPARE_BASE_URL": spare.base_url,
        **more,
    }
    with pytest.MonkeyPatch.context() as patch:
        made = settings_for(address, folder, patch, **environment)
    async with serving(made) as service:
        yield service

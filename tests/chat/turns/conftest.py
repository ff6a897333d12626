"""Turns in the test's own loop, on a real database, with a vendor that is ours."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.chat import Chat, ChatEvent, ChatOptions, open_chat
from app.chat import tasks as chat_tasks
from app.chat.turns import Ask, Began
from app.db import Address, Database, Notifications
from app.jobs import JobQueue, open_app
from app.kit.clock import utc_now
from app.kit.owned import owned
from app.llm import Chains, Connection, ModelRef, NullLedger, RetryPolicy, build_client
from app.llm.layers.budget import Unlimited
from app.voice import Voice, VoiceOptions, open_voice
from tests.fakes.openai_wire import FakeOpenAI

TENANT = "default"
OPTIONS = ChatOptions(
    recent_exchanges=12,
    recent_tokens=6_000,
    window=8_192,
    events_hours=24,
    embeddings="off",
    heartbeat_interval=60,
    stalled_after=120,
)

OpenChat = Callable[..., AbstractAsyncContextManager[Chat]]
"""`async with open_here(**build_client_options) as chat`: the chain is one model of the fake."""


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def open_here(clean_address: Address, upstream: FakeOpenAI, tmp_path: Path) -> OpenChat:
    @asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[Chat]:
        async with AsyncExitStack() as stack:
            database = Database(clean_address)
            stack.push_async_callback(database.aclose)
            notifications = Notifications(clean_address)
            await stack.enter_async_context(owned("notifications", notifications.listen))
            engine = open_app(clean_address.libpq, pool_size=1, tasks={"chat": chat_tasks})
            await engine.open_async(await database.pool())
            stack.push_async_callback(engine.close_async)
            client = build_client(
                {"lm_studio": Connection(base_url=upstream.base_url)},
                chains=Chains(default=(ModelRef("lm_studio", "m"),)),
                retry=RetryPolicy(retries=0),
                **options,
            )
            stack.push_async_callback(client.aclose)
            voice = await stack.enter_async_context(no_voice(database, tmp_path))
            yield await stack.enter_async_context(
                open_chat(
                    OPTIONS,
                    database=database,
                    notifications=notifications,
                    client=client,
                    find=_find_nothing,
                    jobs=JobQueue(engine),
                    voice=voice,
                    clock=utc_now,
                )
            )

    return opened


def no_voice(database: Database, folder: Path) -> AbstractAsyncContextManager[Voice]:
    """As it is without a key."""
    return open_voice(
        VoiceOptions(
            api_key=None,
            base_url=None,
            model="m",
            transcription_model="m",
            text_limit=1000,
            upload_limit_bytes=1000,
            first_audio_timeout=1,
            usd_per_1000_characters=Decimal(0),
            usd_per_hour=Decimal(0),
            cache_bytes=0,
            folder=folder,
        ),
        database=database,
        ledger=NullLedger(),
        budgets=Unlimited(),
        clock=utc_now,
    )


async def _find_nothing() -> bool:
    """The models here are named."""
    return False


@pytest.fixture
async def chat(open_here: OpenChat) -> AsyncIterator[Chat]:
    async with open_here() as opened:
        yield opened


async def heard(chat: Chat, began: Began) -> list[ChatEvent]:
    """All of an answer's events, once it has ended."""
    news = chat.generations.follow(TENANT, began.generation_id)
    return [numbered.event async for some in news for numbered in some]


async def turn(chat: Chat, ask: Ask) -> tuple[Began, list[ChatEvent]]:
    began = await chat.turns.begin(ask)
    return began, await heard(chat, began)

"""Memories on a real database, and conversations that they come from."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.accounts import Tenants
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.memory.asking import BackgroundModel
from app.chat.memory.embedding import Backfill, NoEmbedder
from app.chat.memory.extraction import Extraction
from app.chat.memory.models import Memory
from app.chat.memory.repository import MemoryRows, WantedMemories
from app.chat.memory.summaries import RollingSummaries, SummaryPolicy
from app.db import Database
from app.jobs import JobQueue, open_app
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.llm import Chains, Connection, LLMClient, ModelRef, RetryPolicy, build_client
from tests.fakes.openai_wire import FakeOpenAI

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TENANT = "default"


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Hands:
    return Hands()


def memory(text: str, *, subject: str | None = None, **fields: Any) -> Memory:
    values: dict[str, Any] = {
        "id": new_id(),
        "tenant_id": TENANT,
        "kind": "fact",
        "subject": subject or text.lower()[:50],
        "text": text,
        "confidence": 1.0,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Memory(**(values | fields))


async def put(database: Database, *memories: Memory) -> None:
    for tenant in {each.tenant_id for each in memories}:
        await Tenants(database, utc_now).admit(tenant)
    async with database.begin(TENANT) as unit:
        unit.session.add_all(memories)


async def converse(
    database: Database,
    said: Sequence[str],
    *,
    remember: bool = True,
    tenant_id: str = TENANT,
    at: datetime = NOON,
) -> tuple[UUID, list[UUID]]:
    """A conversation in which the person and the assistant took turns; the person began. Returns
    its id, and those of its messages."""
    await Tenants(database, utc_now).admit(tenant_id)
    conversation = Conversation(
        id=new_id(),
        tenant_id=tenant_id,
        template="casual",
        remember=remember,
        created_at=at,
        updated_at=at,
    )
    ids: list[UUID] = []
    async with database.begin(tenant_id) as unit:
        conversations = Conversations(unit)
        await conversations.add(conversation)
        for place, text in enumerate(said):
            message = _message(conversation.id, ids[-1] if ids else None, place, text, at)
            await conversations.add_message(message)
            ids.append(message.id)
        if ids:
            await conversations.move_head(conversation.id, ids[-1], at)
    return conversation.id, ids


def _message(
    conversation_id: UUID, parent_id: UUID | None, depth: int, text: str, at: datetime
) -> ChatMessage:
    return ChatMessage(
        id=new_id(),
        conversation_id=conversation_id,
        parent_id=parent_id,
        depth=depth,
        role="assistant" if depth % 2 else "user",
        content=text,
        reasoning="",
        tool_calls=[],
        status="complete",
        created_at=at + timedelta(seconds=depth),
    )


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[JobQueue]:
    engine = open_app(database.address.libpq, pool_size=1, tasks={})
    await engine.open_async(await database.pool())
    yield JobQueue(engine)
    await engine.close_async()


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@dataclass
class Background:
    """What works behind a conversation, with a provider and without one."""

    database: Database
    queue: JobQueue
    clock: Hands
    client: LLMClient

    @property
    def model(self) -> BackgroundModel:
        return BackgroundModel(self.client)

    def extraction(self) -> Extraction:
        backfill = Backfill(self.database, self.queue, NoEmbedder())
        return Extraction(self.database, self.model, backfill)

    def summaries(self, **policy: int) -> RollingSummaries:
        wanted = SummaryPolicy(**({"exchanges": 2, "tokens": 6000, "step": 2} | policy))
        return RollingSummaries(self.database, self.model, self.clock, wanted)

    async def remembered(self, tenant_id: str = TENANT) -> list[Memory]:
        """The current ones, in the order of their subjects."""
        async with self.database.read(tenant_id) as unit:
            found = await MemoryRows(unit).find(WantedMemories())
        return sorted(found, key=lambda each: each.subject)

    async def texts(self, tenant_id: str = TENANT) -> list[str]:
        return [each.text for each in await self.remembered(tenant_id)]


@pytest.fixture
async def alone(database: Database, queue: JobQueue, clock: Hands) -> AsyncIterator[Background]:
    """With no provider configured."""
    client = build_client({})
    yield Background(database, queue, clock, client)
    await client.aclose()


@pytest.fixture
async def connected(
    database: Database, queue: JobQueue, clock: Hands, upstream: FakeOpenAI
) -> AsyncIterator[Background]:
    """With a provider that is the fake."""
    chain = Chains(default=(ModelRef("lm_studio", "fake-small"),))
    here = Connection(base_url=upstream.base_url)
    client = build_client({"lm_studio": here}, chains=chain, retry=RetryPolicy(retries=0))
    yield Background(database, queue, clock, client)
    await client.aclose()

"""What contexts save on long conversations, and whether what was told is in them when it is asked
for.

    python -m bench context

Each conversation of `bench/corpus/conversations` is said again, turn by turn, on a real database:
every question gets its context, and after every answer the background does its work, by rules and
by words, since no model is at hand.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.accounts import Tenants
from app.chat.context import Context, Contexts, RecentPolicy, build
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.memory.opening import Memory, open_memory
from app.chat.memory.summaries import SummaryPolicy
from app.db import Address, Database, EmbeddedServer, migrate
from app.jobs import JobQueue, open_app
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.llm import Message, Role, build_client, message_tokens
from bench.corpus.conversing import HERE, Question
from bench.figure import Figure
from bench.processes import data_folder

TARGET = 0.30

_EXCHANGES, _TOKENS = 12, 6000
"""As in the settings, by default."""
_WINDOW = 128_000
_MESSAGE = re.compile(r"^--- (?:user|assistant)\n", re.MULTILINE)
_BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Long:
    name: str
    exchanges: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Tokens of the whole conversation so far with its system text, and of what was sent. `missing`
    is what the answer needs and isn't there."""

    whole: int
    sent: int
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    conversation: Long
    turns: tuple[Turn, ...]

    @property
    def missing(self) -> list[str]:
        return [turn.missing for turn in self.turns if turn.missing is not None]


def conversations() -> list[Long]:
    return [_read(path) for path in sorted(HERE.glob("*.md"))]


class Replay:
    """Says a conversation again, on behalf of a tenant of its own."""

    def __init__(self, database: Database, memory: Memory, long: Long) -> None:
        self._database = database
        self._memory = memory
        self._long = long
        self._contexts = Contexts(
            database, memory.memories, utc_now, RecentPolicy(_EXCHANGES, _TOKENS)
        )
        self._said: list[ChatMessage] = []

    async def run(self) -> Replayed:
        await Tenants(self._database, utc_now).admit(self._long.name)
        conversation_id = await self._begin()
        needs = {each.exchange: each.needs for each in self._long.questions}
        turns = []
        for place, (question, answer) in enumerate(self._long.exchanges):
            context = await self._asked(conversation_id, question)
            turns.append(self._turn(context, needs.get(place)))
            await self._say(conversation_id, question, answer)
        return Replayed(self._long, tuple(turns))

    async def _begin(self) -> UUID:
        conversation = Conversation(
            id=new_id(),
            tenant_id=self._long.name,
            template="casual",
            remember=True,
            created_at=_BEGAN,
            updated_at=_BEGAN,
        )
        async with self._database.begin(self._long.name) as unit:
            await Conversations(unit).add(conversation)
        return conversation.id

    async def _asked(self, conversation_id: UUID, question: str) -> Context:
        head = self._said[-1].id if self._said else None
        tenant = self._long.name
        return build(await self._contexts.gather(tenant, conversation_id, head, question), _WINDOW)

    def _turn(self, context: Context, needs: str | None) -> Turn:
        said = [Message(Role(each.role), each.content) for each in self._said]
        whole = context.tokens.system + sum(map(message_tokens, [*said, context.messages[-1]]))
        there = needs is None or any(needs in each.content for each in context.messages)
        return Turn(whole, context.tokens.total, None if there else needs)

    async def _say(self, conversation_id: UUID, question: str, answer: str) -> None:
        async with self._database.begin(self._long.name) as unit:
            for role, text in (("user", question), ("assistant", answer)):
                message = self._message(conversation_id, role, text)
                await Conversations(unit).add_message(message)
                self._said.append(message)
        head = self._said[-1].id
        await self._memory.extraction.run(self._long.name, head)
        await self._memory.summaries.run(self._long.name, head)

    def _message(self, conversation_id: UUID, role: str, text: str) -> ChatMessage:
        return ChatMessage(
            id=new_id(),
            conversation_id=conversation_id,
            parent_id=self._said[-1].id if self._said else None,
            depth=len(self._said),
            role=role,
            content=text,
            reasoning="",
            tool_calls=[],
            status="complete",
            created_at=_BEGAN + timedelta(minutes=len(self._said)),
        )


async def replayed(address: Address, longs: Iterable[Long]) -> list[Replayed]:
    """On the database at `address`, which is migrated and has none of these tenants yet."""
    database, client = Database(address), build_client({})
    never_used = JobQueue(open_app(address.libpq, pool_size=1, tasks={}))
    memory = open_memory(
        "off",
        SummaryPolicy(_EXCHANGES, _TOKENS),
        database=database,
        client=client,
        jobs=never_used,
        clock=utc_now,
    )
    try:
        with memory as opened:
            return [await Replay(database, opened, long).run() for long in longs]
    finally:
        await client.aclose()
        await database.aclose()


def figures(results: Sequence[Replayed]) -> list[Figure]:
    turns = [turn for result in results for turn in result.turns]
    saved = _saved(turns)
    last = _saved([result.turns[-1] for result in results])
    asked = sum(len(result.conversation.questions) for result in results)
    missing = sum(len(result.missing) for result in results)
    return [
        Figure(
            f"prompt tokens that contexts save over {len(turns)} turns of {len(results)} long "
            "conversations",
            f"{saved:.1%}",
            f"≥ {TARGET:.0%}",
            saved >= TARGET,
        ),
        Figure("… in the last turn of each", f"{last:.1%}"),
        Figure(
            "… facts told long ago that are there when they are asked for",
            f"{asked - missing} of {asked}",
            "all",
            not missing,
        ),
    ]


async def context() -> list[Figure]:
    """For the page of measurements."""
    with data_folder() as folder:
        server = EmbeddedServer(Path(folder))
        address = await asyncio.to_thread(server.start)
        try:
            await asyncio.to_thread(migrate, address)
            return figures(await replayed(address, conversations()))
        finally:
            await asyncio.to_thread(server.stop)


def _saved(turns: Sequence[Turn]) -> float:
    return 1 - sum(turn.sent for turn in turns) / sum(turn.whole for turn in turns)


def _read(path: Path) -> Long:
    _, *texts = _MESSAGE.split(path.read_text("utf-8"))
    said = [text.removesuffix("\n") for text in texts]
    asked = json.loads(path.with_suffix(".questions.json").read_text("utf-8"))
    pairs = tuple(zip(said[::2], said[1::2], strict=True))
    return Long(path.stem, pairs, tuple(Question(**each) for each in asked))

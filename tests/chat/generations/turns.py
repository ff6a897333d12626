"""Turns without a model: a conversation whose answer the test says itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.chat.conversations.repository import Conversations
from app.chat.events import Finished, Started
from app.chat.generations import Ended, GenerationLog, GenerationLogs, Numbered
from app.db import Database
from tests.chat.conversations.rows import a_conversation, a_message

TENANT = "default"


@dataclass(frozen=True, slots=True)
class Turn:
    conversation_id: UUID
    message_id: UUID
    log: GenerationLog

    @property
    def id(self) -> UUID:
        return self.log.generation_id

    @property
    def started(self) -> Started:
        return Started(self.conversation_id, self.id, self.message_id, "fake/first")

    def said(self, reason: str = "stop") -> Finished:
        return Finished(message_id=self.message_id, finish_reason=reason)

    def obeys(self) -> None:
        """Ends as a maker does that is told to stop."""
        self.log.on_stop(lambda: _keep(asyncio.ensure_future(self.log.end(self.said("stopped")))))


_running: set["asyncio.Future[None]"] = set()


def _keep(task: "asyncio.Future[None]") -> None:
    _running.add(task)
    task.add_done_callback(_running.discard)


async def begin(
    database: Database,
    logs: GenerationLogs,
    *,
    conversation_id: UUID | None = None,
    ended: Ended | None = None,
) -> Turn:
    async with database.begin(TENANT) as unit:
        conversations = Conversations(unit)
        if conversation_id is None:
            conversation = a_conversation()
            conversation_id = conversation.id
            await conversations.add(conversation)
        else:
            await conversations.get(conversation_id, lock=True)
        question = a_message(conversation_id)
        answer = a_message(conversation_id, question, content="", status="generating")
        await conversations.add_message(question)
        await conversations.add_message(answer)
        log = await logs.open(
            unit,
            conversation_id=conversation_id,
            message_id=answer.id,
            model="fake/first",
            ended=ended,
        )
    return Turn(conversation_id, answer.id, log)


async def read(logs: GenerationLogs, generation_id: UUID, after: int = 0) -> list[Numbered]:
    """All that follows, up to the end."""
    news: list[Numbered] = []
    async with asyncio.timeout(20):
        async for some in logs.follow(TENANT, generation_id, after):
            news += some
    return news


def shown(news: Sequence[Numbered]) -> list[tuple[int, str]]:
    return [(numbered.seq, numbered.event.type) for numbered in news]


def text(news: Sequence[Numbered]) -> str:
    return "".join(getattr(n.event, "content", "") for n in news if n.event.type == "content")

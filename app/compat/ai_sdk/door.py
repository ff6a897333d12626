"""What the endpoints of the AI SDK's wire need; kept in the lifespan's state as `ai_sdk`."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

import structlog

from app.chat import (
    Chat,
    ChatEvent,
    ChatMessage,
    Conversation,
    Conversations,
    GenerationNotFound,
    Started,
    terminal,
)
from app.compat.ai_sdk.asking import Asking, find_conversation
from app.compat.ai_sdk.encoder import Encoder
from app.compat.ai_sdk.schemas import ChatRequest
from app.compat.ai_sdk.steps import Step
from app.db import Database
from app.errors import AppError
from app.kit.frozen import frozen

log = structlog.get_logger()

_GONE = "this answer isn't there any more"
_MOST_STEPS = 200
"""Messages of ours that one of the client's may be made of."""


@frozen
class Answering:
    """An answer that is made. `continues` is the client's name for the message that it goes on
    with; `declared` are the page's tools. With `again` the client gets all of that message, from
    its first step on."""

    tenant_id: str
    generation_id: UUID
    continues: str | None = None
    declared: frozenset[str] | None = None
    again: bool = False


class AiSdkDoor:
    def __init__(self, database: Database, chat: Chat) -> None:
        self._database = database
        self._chat = chat

    async def begin(self, tenant_id: str, body: ChatRequest, key_id: str | None) -> Answering:
        """Raises `FieldInvalid`, `GenerationActive`, `MessageTooLong`, and what else can be wrong
        with a turn."""
        async with self._database.read(tenant_id) as unit:
            ask, continues = await Asking(unit, body).turn(key_id)
        began = await self._chat.turns.begin(ask)
        declared = frozenset(tool.name for tool in ask.tools)
        return Answering(tenant_id, began.generation_id, continues, declared)

    async def running(self, tenant_id: str, chat: str) -> Answering | None:
        """The answer that is made in this chat now, to be shown from its beginning."""
        conversation = await self._conversation(tenant_id, chat)
        if conversation is None:
            return None
        generation_id = await self._chat.generations.running(tenant_id, conversation.id)
        if generation_id is None:
            return None
        return Answering(tenant_id, generation_id, again=True)

    async def made(self, tenant_id: str, chat: str, generation_id: UUID) -> Answering:
        """An answer of this chat, whether it has ended or not. Raises `GenerationNotFound`."""
        conversation = await self._conversation(tenant_id, chat)
        row = await self._chat.generations.get(tenant_id, generation_id)
        if conversation is None or row.conversation_id != conversation.id:
            raise GenerationNotFound(generation_id)
        return Answering(tenant_id, generation_id, again=True)

    async def _conversation(self, tenant_id: str, chat: str) -> Conversation | None:
        async with self._database.read(tenant_id) as unit:
            return await find_conversation(Conversations(unit), chat)

    async def frames(self, answering: Answering) -> AsyncGenerator[bytes]:
        """The stream of the answer, from its first event to `[DONE]`."""
        encoder = Encoder()
        follow = self._chat.generations.follow(answering.tenant_id, answering.generation_id)
        try:
            async with aclosing(follow) as batches:
                async for batch in batches:
                    if isinstance(first := batch[0].event, Started):
                        encoder = await self._encoder(answering, first)
                    yield await self._encoded(answering, encoder, [n.event for n in batch])
            if not encoder.ended:
                yield encoder.cut(_GONE)
        except AppError as error:
            log.log(error.level, "stream.broke_off", code=error.code, cause=error.message)
            yield encoder.cut(error.message)

    async def _encoded(
        self, answering: Answering, encoder: Encoder, events: Sequence[ChatEvent]
    ) -> bytes:
        """The start tells of the first choice; where another one answered, the end does."""
        frames = encoder.encode(events[:-1])
        if encoder.elsewhere and terminal(events[-1]):
            row = await self._chat.generations.get(answering.tenant_id, answering.generation_id)
            frames += encoder.answered_by(row.model) if row.model else b""
        return frames + encoder.encode(events[-1:])

    async def _encoder(self, answering: Answering, started: Started) -> Encoder:
        if not answering.again:
            return Encoder(message_id=answering.continues, declared=answering.declared)
        async with self._database.read(answering.tenant_id) as unit:
            branch = await Conversations(unit).branch(started.message_id, _MOST_STEPS)
        earlier = _earlier(branch[:-1])
        name = str(earlier[0].id) if earlier else None
        return Encoder(message_id=name, earlier=_steps(earlier))


def _earlier(branch: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """What came after the last thing that a person said."""
    asked = max((i for i, message in enumerate(branch) if message.role == "user"), default=-1)
    return branch[asked + 1 :]


def _steps(messages: Sequence[ChatMessage]) -> list[Step]:
    """Each call of tools with what follows it: the same id may be used again in a later step."""
    steps: list[Step] = []
    results: dict[str, str] = {}
    for message in messages:
        if message.tool_call_id is not None:
            results[message.tool_call_id] = message.content
        elif message.tool_calls:
            results = {}
            steps.append(Step(message.reasoning, message.content, message.tool_calls, results))
    return steps

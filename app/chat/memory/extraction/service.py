"""Has a message read for what is worth remembering."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.memory.asking import BackgroundModel
from app.chat.memory.embedding import Backfill
from app.chat.memory.errors import TooManyMemories
from app.chat.memory.extraction.found import Found
from app.chat.memory.extraction.reading import read, reading_request
from app.chat.memory.extraction.repository import Extracting
from app.chat.memory.extraction.rules import told_in
from app.chat.memory.keeping import keep
from app.chat.memory.repository import MemoryRows
from app.chat.memory.telling import Told
from app.db import Database
from app.kit.frozen import frozen

log = structlog.get_logger()

_MOST_STEPS = 40
"""Between a question and the end of its answer: tools that are called, and what they say."""
_KNOWN_SUBJECTS = 60
_FEWEST_WORDS = 2


@frozen
class _Question:
    """What a person said, and the subjects that are remembered already."""

    conversation: Conversation
    message: ChatMessage
    known: Sequence[str]


class Extraction:
    """May be asked twice about the same answer: what was kept once is found again."""

    def __init__(self, database: Database, model: BackgroundModel, backfill: Backfill) -> None:
        self._database = database
        self._model = model
        self._backfill = backfill

    async def run(self, tenant_id: str, answer_id: UUID) -> int:
        """Reads what was asked before this answer; returns how many memories came of it.

        Nothing where the conversation isn't to be remembered, or is gone.
        """
        question = await self._question(tenant_id, answer_id)
        if question is None:
            return 0
        found = await self._find(tenant_id, question)
        return await self._keep(tenant_id, question, found) if found else 0

    async def _question(self, tenant_id: str, answer_id: UUID) -> _Question | None:
        async with self._database.read(tenant_id) as unit:
            conversations = Conversations(unit)
            branch = await conversations.branch(answer_id, _MOST_STEPS)
            asked = next((each for each in reversed(branch) if each.role == "user"), None)
            if asked is None or len(asked.content.split()) < _FEWEST_WORDS:
                return None
            conversation = await conversations.get(asked.conversation_id)
            if conversation is None or not conversation.remember:
                return None
            extracting = Extracting(unit)
            first = next((each for each in branch if each.parent_id == asked.id), None)
            if first is not None and await extracting.answered_before(asked.id, first):
                return None
            return _Question(conversation, asked, await extracting.subjects(_KNOWN_SUBJECTS))

    async def _find(self, tenant_id: str, question: _Question) -> list[Found]:
        """By a model; by rules where there is none, or it made no sense."""
        text = question.message.content
        conversation = question.conversation
        request = reading_request(
            tenant_id, conversation.id, text, question.known, conversation.model
        )
        answer = await self._model.ask(request)
        found = read(answer.output) if answer is not None else None
        return told_in(text) if found is None else found

    async def _keep(self, tenant_id: str, question: _Question, found: Sequence[Found]) -> int:
        async with self._database.begin(tenant_id) as unit:
            rows = MemoryRows(unit)
            conversation = await Conversations(unit).get(question.conversation.id, lock=True)
            if conversation is None or not conversation.remember:
                return 0  # deleted, or told to forget, while it was read
            kept = 0
            for each in found:
                try:
                    await keep(rows, _told(each, question.message))
                except TooManyMemories:
                    log.info("memory.full", tenant_id=tenant_id)
                    break
                kept += 1
            await self._backfill.later(unit)
        return kept


def _told(found: Found, message: ChatMessage) -> Told:
    return Told(
        kind=found.kind,
        subject=found.subject,
        text=found.text,
        confidence=found.confidence,
        at=message.created_at,
        conversation_id=message.conversation_id,
        message_id=message.id,
    )

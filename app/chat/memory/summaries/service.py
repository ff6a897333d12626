"""Keeps the summaries of conversations up to what is still sent word for word."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.memory.asking import BackgroundModel
from app.chat.memory.models import Summary
from app.chat.memory.summaries.repository import Summaries
from app.chat.memory.summaries.rolling import (
    Exchange,
    by_rule,
    exchanges,
    room_for,
    summary_request,
    usable,
)
from app.db import Database
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.kit.ids import new_id
from app.llm import text_tokens

_LOOKED_THROUGH = 500
"""Messages: the last summary reaches into them, or else the whole branch is read."""


@frozen
class SummaryPolicy:
    """The newest `exchanges` of at most `tokens` stay out, since they are sent word for word. What
    is older is summed up once it has grown by `step` exchanges or `worthwhile` tokens, about
    `piece` tokens at a time."""

    exchanges: int
    tokens: int
    step: int = 4
    worthwhile: int = 1500
    piece: int = 6000


@frozen
class _Task:
    conversation: Conversation
    before: Summary | None
    since: Sequence[Exchange]


class RollingSummaries:
    """May be asked twice about the same answer: the second time there is nothing left to do."""

    def __init__(
        self, database: Database, model: BackgroundModel, clock: Clock, policy: SummaryPolicy
    ) -> None:
        self._database = database
        self._model = model
        self._clock = clock
        self._policy = policy

    async def run(self, tenant_id: str, answer_id: UUID) -> int:
        """Sums up what lies before the newest exchanges of the branch that ends with this answer;
        returns how many exchanges that were. Nothing where the conversation is gone."""
        task = await self._task(tenant_id, answer_id)
        if task is None or not self._worthwhile(task.since):
            return 0
        before = task.before
        for piece in self._pieces(task.since):
            before = await self._sum_up(tenant_id, task.conversation, before, piece)
            async with self._database.begin(tenant_id) as unit:
                await Summaries(unit).add(before)
        return len(task.since)

    async def _task(self, tenant_id: str, answer_id: UUID) -> _Task | None:
        async with self._database.read(tenant_id) as unit:
            conversations, summaries = Conversations(unit), Summaries(unit)
            branch = await conversations.branch(answer_id, _LOOKED_THROUGH)
            conversation = await conversations.get(branch[0].conversation_id) if branch else None
            if conversation is None:
                return None
            before = await summaries.farthest(conversation.id, _ids(branch))
            if before is None and len(branch) == _LOOKED_THROUGH:
                branch = await conversations.branch(answer_id)
                before = await summaries.farthest(conversation.id, _ids(branch))
        reached = _ids(branch).index(before.message_id) + 1 if before else 0
        return _Task(conversation, before, self._older(exchanges(branch[reached:])))

    def _older(self, said: Sequence[Exchange]) -> Sequence[Exchange]:
        """All but the newest; the very last one is always new."""
        start, left = len(said), self._policy.tokens
        while start and len(said) - start < self._policy.exchanges:
            left -= said[start - 1].tokens
            if left < 0 and start < len(said):
                break
            start -= 1
        return said[:start]

    def _worthwhile(self, since: Sequence[Exchange]) -> bool:
        tokens = sum(each.tokens for each in since)
        return len(since) >= self._policy.step or tokens >= self._policy.worthwhile

    def _pieces(self, since: Sequence[Exchange]) -> list[Sequence[Exchange]]:
        pieces: list[list[Exchange]] = [[]]
        tokens = 0
        for each in since:
            if pieces[-1] and tokens + each.tokens > self._policy.piece:
                pieces.append([])
                tokens = 0
            pieces[-1].append(each)
            tokens += each.tokens
        return [*pieces]

    async def _sum_up(
        self,
        tenant_id: str,
        conversation: Conversation,
        before: Summary | None,
        since: Sequence[Exchange],
    ) -> Summary:
        """By a model; by rule where there is none, or what it wrote is of no use."""
        said = [message for each in since for message in each.said]
        tokens_before = sum(each.tokens for each in since)
        tokens_before += before.tokens_before if before else 0
        told, room = before.text if before else "", room_for(tokens_before)
        request = summary_request(
            tenant_id, conversation.id, told, said, tokens=room, model=conversation.model
        )
        answer = await self._model.ask(request)
        text = usable(answer.text, room) if answer is not None else None
        model = str(answer.model) if answer is not None and text else None
        if text is None:
            text = await asyncio.to_thread(by_rule, told, said, tokens=room)
        return Summary(
            id=new_id(),
            conversation_id=conversation.id,
            message_id=since[-1].messages[-1].id,
            text=text,
            tokens_before=tokens_before,
            tokens=text_tokens(text),
            model=model,
            created_at=self._clock(),
        )


def _ids(branch: Sequence[ChatMessage]) -> list[UUID]:
    return [message.id for message in branch]

"""The query of earlier answers. Built on a unit of work, whose tenant bounds what it can see."""

from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import bindparam, func, literal_column, select

from app.chat.conversations.models import ChatMessage
from app.chat.events import NoticeCode
from app.chat.generations.models import Generation
from app.db import Query, UnitOfWork


class EarlierAnswer(NamedTuple):
    """What `model` said, whole, `at` a time."""

    text: str
    model: str | None
    at: datetime


_LATEST = Query(
    select(ChatMessage.content, Generation.model, Generation.ended_at)
    .join(ChatMessage, ChatMessage.id == Generation.message_id)
    .where(
        Generation.tenant_id == bindparam("tenant_id"),
        Generation.context_key == bindparam("context_key"),
        Generation.status == bindparam("status"),
        Generation.finish_reason == bindparam("finish_reason"),
        Generation.notices.contains(bindparam("repeated")).is_(False),
        func.length(ChatMessage.content) > literal_column("0"),
    )
    .order_by(Generation.ended_at.desc())
    .limit(bindparam("limit"))
)
"""An answer that was a repeated one itself isn't repeated: its age would be a wrong one."""


class Answers:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def latest(self, context_key: str) -> EarlierAnswer | None:
        """The newest that was given whole in the context of this key."""
        rows = await _LATEST.rows(
            self._unit,
            tenant_id=self._unit.tenant_id,
            context_key=context_key,
            status="done",
            finish_reason="stop",
            repeated=[NoticeCode.CACHED_ANSWER.value],
            limit=1,
        )
        if not rows:
            return None
        text, model, at = rows[0]
        return EarlierAnswer(text, model, cast("datetime", at))

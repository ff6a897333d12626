"""What was answered before to the same question in the same context."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import structlog

from app.chat.events import NoticeCode, Noticed
from app.chat.recovery.repository import Answers, EarlierAnswer
from app.db import DATABASE_ERRORS, Database
from app.kit import json
from app.kit.deadline import within
from app.llm import Message, Tool

log = structlog.get_logger()

_SECONDS = 2.0


def context_key(messages: Sequence[Message], tools: Sequence[Tool]) -> str:
    """SHA-256, in hex, of all that a model is told. Not of who is asked, nor how."""
    return sha256(json.canonical({"messages": messages, "tools": tools})).hexdigest()


class EarlierAnswers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: str, context_key: str) -> EarlierAnswer | None:
        """The newest; None too when the database doesn't answer within two seconds."""
        try:
            return await within(_SECONDS, self._find(tenant_id, context_key))
        except (*DATABASE_ERRORS, TimeoutError):
            log.exception("recovery.not_looked_up")
            return None

    async def _find(self, tenant_id: str, context_key: str) -> EarlierAnswer | None:
        async with self._database.read(tenant_id) as unit:
            return await Answers(unit).latest(context_key)


def repeated(answer: EarlierAnswer, now: datetime) -> Noticed:
    by = f" by {answer.model}" if answer.model else ""
    return Noticed(
        NoticeCode.CACHED_ANSWER,
        f"No model can be asked at the moment. This was answered{by} {age(answer.at, now)} ago, to "
        "the same question in the same context",
    )


def age(at: datetime, now: datetime) -> str:
    """`3 hours`: in the largest unit of which there is a whole one."""
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return _counted(seconds // size, unit)
    return _counted(seconds, "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"

"""Every query of spoken turns' timings. Built on a unit of work."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Boolean, Integer, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from app.db import UnitOfWork, UtcTime
from app.kit.frozen import frozen

Part = Literal["speech_to_text", "text_to_speech", "end_to_end"]
"""`end_to_end` is from the end of what was heard to the first sound of the answer."""

_ADD = text("""
    WITH noted AS (
        SELECT * FROM jsonb_to_recordset(:rows) AS
            row (tenant_id text, generation_id uuid, part text, ms integer, at timestamptz)
    ), there AS (
        SELECT id, tenant_id FROM generations
        WHERE id IN (SELECT generation_id FROM noted) FOR KEY SHARE
    )
    INSERT INTO chat_timings (tenant_id, generation_id, part, ms, at)
    SELECT noted.tenant_id, there.id, noted.part, noted.ms, noted.at FROM noted
    LEFT JOIN there ON there.id = noted.generation_id AND there.tenant_id = noted.tenant_id
""").bindparams(bindparam("rows", type_=JSONB))


_TALK = text("""
    SELECT started_at,
        (SELECT max(ms) FROM chat_timings
         WHERE generation_id = generations.id AND part = 'speech_to_text') AS heard_ms,
        EXISTS (SELECT FROM chat_timings
         WHERE generation_id = generations.id AND part = 'end_to_end') AS noted
    FROM generations WHERE id = :generation_id AND tenant_id = :tenant_id
""").columns(started_at=UtcTime, heard_ms=Integer, noted=Boolean)


@frozen
class Talk:
    """A turn. `heard_ms` is how long hearing it took, None where it was typed; `noted` says that
    its answer was listened to before."""

    started_at: datetime
    heard_ms: int | None
    noted: bool


@frozen
class Noted:
    tenant_id: str
    generation_id: UUID | None
    part: Part
    ms: int
    at: datetime


class TimingRows:
    """Of any tenants."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def add(self, noted: Sequence[Noted]) -> None:
        """A timing of a generation that is gone counts all the same."""
        await self._session.execute(_ADD, {"rows": [asdict(each) for each in noted]})

    async def talk(self, tenant_id: str, generation_id: UUID) -> Talk | None:
        given = {"tenant_id": tenant_id, "generation_id": generation_id}
        row = (await self._session.execute(_TALK, given)).one_or_none()
        return None if row is None else Talk(row.started_at, row.heard_ms, row.noted)

"""What the endpoints of generations answer."""

from typing import Literal, cast
from uuid import UUID

from pydantic import BaseModel, Field

from app.chat.generations.models import Generation

Status = Literal["running", "done", "stopped", "failed"]


class GenerationState(BaseModel):
    """How a generation stands."""

    generation_id: UUID
    conversation_id: UUID
    message_id: UUID
    status: Status = Field(
        description="`running` after a stop: its end takes longer than usual, and comes."
    )
    finish_reason: str | None
    error_code: str | None

    @classmethod
    def of(cls, row: Generation) -> "GenerationState":
        return cls(
            generation_id=row.id,
            conversation_id=row.conversation_id,
            message_id=row.message_id,
            status=cast("Status", row.status),
            finish_reason=row.finish_reason,
            error_code=row.error_code,
        )

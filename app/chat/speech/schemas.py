"""What saying something aloud takes and answers."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from app.chat.turns import Began
from app.voice import LANGUAGE

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SpokenFields(BaseModel):
    """A form's fields beside the recording. What is left out is left to the conversation."""

    model_config = ConfigDict(extra="ignore")

    conversation_id: UUID | None = Field(
        None, validation_alias=AliasChoices("conversation_id", "conversationId")
    )
    template: Name | None = None
    model: Name | None = None


FIELDS: dict[str, Any] = {
    "conversation_id": {
        "type": "string",
        "format": "uuid",
        "description": "The conversation that goes on; a new one without. Also `conversationId`.",
    },
    "template": {"type": "string", "description": "See `GET /api/chat/templates`."},
    "model": {"type": "string", "description": "As in `POST /api/chat/stream`."},
    "language": LANGUAGE,
}


class SaidAloud(BaseModel):
    """What was understood, and the answer that is being made: to be followed, and heard, by its
    `generation_id`."""

    text: str
    conversation_id: UUID
    generation_id: UUID
    message_id: UUID = Field(description="Of the answer.")

    @classmethod
    def of(cls, text: str, began: Began) -> Self:
        return cls(
            text=text,
            conversation_id=began.conversation_id,
            generation_id=began.generation_id,
            message_id=began.message_id,
        )

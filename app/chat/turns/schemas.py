"""What a turn takes."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from app.chat.limits import MESSAGE_BYTES
from app.chat.turns.ask import Ask

_MODEL_LENGTH = 500


class TurnOptions(BaseModel):
    """How a turn is answered. What is left out is left to the conversation."""

    model_config = ConfigDict(extra="ignore")

    template: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = Field(
        None, description="See `GET /api/chat/templates`.", examples=["technical"]
    )
    model: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MODEL_LENGTH)
        ]
        | None
    ) = Field(
        None,
        description="`provider:model`, an id of the catalogue, `profile:NAME` or `auto`.",
        examples=["openrouter:openai/gpt-5-mini"],
    )
    temperature: Annotated[float, Field(strict=True, ge=0, le=2, allow_inf_nan=False)] | None = (
        Field(None, examples=[0.7])
    )
    max_tokens: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = Field(
        None, description="Of the answer.", examples=[500]
    )
    remember: StrictBool = Field(
        default=True, description="Whether memories are used, and made of what is said."
    )

    def ask(self, tenant_id: str, **more: Any) -> Ask:
        """`more` are other fields of `Ask`."""
        return Ask(
            tenant_id,
            template=self.template,
            model=self.model,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            remember=self.remember,
            **more,
        )


class EditRequest(TurnOptions):
    message: str = Field(
        description=f"What is said; at most {MESSAGE_BYTES} bytes.", examples=["Hello"]
    )


class TurnRequest(EditRequest):
    conversation_id: UUID | None = Field(
        None,
        validation_alias=AliasChoices("conversation_id", "conversationId"),
        description="The conversation that goes on; a new one without. Also as `conversationId`.",
    )

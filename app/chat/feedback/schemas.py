"""What the feedback's endpoints take and give."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from app.chat.feedback.opinion import Opinion, Thumb
from app.chat.limits import FEEDBACK_LENGTH
from app.web import Timestamp

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=FEEDBACK_LENGTH)
]


class FeedbackIn(BaseModel):
    """At least one of the three."""

    thumb: Thumb | None = Field(None, examples=["up"])
    rating: int | None = Field(None, ge=1, le=5, strict=True, examples=[4])
    text: Words | None = Field(None, examples=["To the point."])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.thumb is None and self.rating is None and self.text is None:
            raise ValueError('needs something: "thumb": "up", or "rating": 4, or a "text"')
        return self

    def opinion(self) -> Opinion:
        return Opinion(self.thumb, self.rating, self.text)


class FeedbackView(BaseModel):
    """What was last said of an answer."""

    model_config = ConfigDict(from_attributes=True)

    message_id: UUID
    thumb: Thumb | None
    rating: int | None = Field(description="1 to 5.")
    text: str | None
    created_at: Timestamp = Field(description="When something was first said of it.")
    updated_at: Timestamp


class FeedbackDeleted(BaseModel):
    message_id: UUID
    deleted: bool = True

"""What the memories' endpoints take and give."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from app.chat.limits import MEMORY_LENGTH
from app.chat.memory.book import MemoriesPage
from app.chat.memory.keeping import Change
from app.chat.memory.telling import SUBJECT_LENGTH, Kind, one_line
from app.kit.text import seen
from app.web import Timestamp


def _seen(text: str) -> str:
    seen(one_line(text))
    return text


Said = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MEMORY_LENGTH),
    AfterValidator(_seen),
]
About = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=SUBJECT_LENGTH),
    AfterValidator(_seen),
]


class MemoryIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Said = Field(examples=["Lives in Lisbon"])
    subject: About | None = Field(
        None,
        description="What it is about: of each subject there is one memory, and a new one "
        "replaces it. Without, the text itself.",
        examples=["home city"],
    )
    kind: Kind = Field("fact", examples=["fact"])


class MemoryChange(BaseModel):
    """At least one of the three."""

    model_config = ConfigDict(extra="forbid")

    text: Said | None = Field(None, examples=["Lives in Porto"])
    subject: About | None = Field(None, examples=["home city"])
    kind: Kind | None = Field(None, examples=["fact"])

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.text is None and self.subject is None and self.kind is None:
            raise ValueError('needs something to change, as in "text": "Lives in Porto"')
        return self

    def change(self) -> Change:
        return Change(self.kind, self.subject, self.text)


class MemoryView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: Kind
    subject: str = Field(examples=["home city"])
    text: str = Field(examples=["Lives in Lisbon"])
    confidence: float = Field(description="0 to 1; what its owner wrote is certain.")
    conversation_id: UUID | None = Field(description="Where it was told.")
    source_message_id: UUID | None = Field(
        validation_alias="message_id",
        description="By which message it was told; null when its owner wrote it, or the message "
        "is gone.",
    )
    embedding_model: str | None = Field(
        description="By what its meaning is found; null: by its words only."
    )
    created_at: Timestamp = Field(description="When it was told.")
    updated_at: Timestamp = Field(description="When it was last told or changed.")
    replaced_at: Timestamp | None
    replaced_by: UUID | None = Field(description="The memory that took its place.")


class MemoriesView(BaseModel):
    """What was told or changed last comes first."""

    memories: list[MemoryView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int

    @classmethod
    def of(cls, page: MemoriesPage, *, limit: int, offset: int) -> "MemoriesView":
        return cls(
            memories=[MemoryView.model_validate(memory) for memory in page.memories],
            total=page.total,
            limit=limit,
            offset=offset,
        )


class MemoryDeleted(BaseModel):
    id: UUID
    deleted: bool = True

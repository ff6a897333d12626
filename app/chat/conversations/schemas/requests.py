"""What is said of a conversation by its owner."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)

from app.chat.limits import SYSTEM_BYTES, TITLE_LENGTH
from app.chat.templates import DEFAULT, names

_MODEL_LENGTH = 500
_LEFT_OUT: Any = None
"""The default of a field that may be left out, but not be null; nobody sees it."""


def _in_one_line(title: object) -> object:
    return " ".join(title.split()) if isinstance(title, str) else title


def _known(template: str) -> str:
    if template not in names():
        raise ValueError(f"should be one of {', '.join(names())}")
    return template


def _bounded(text: str) -> str:
    size = len(text.encode())
    if size > SYSTEM_BYTES:
        raise ValueError(f"should have at most {SYSTEM_BYTES} bytes of UTF-8, and has {size}")
    return text


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TITLE_LENGTH),
    BeforeValidator(_in_one_line),
    Field(examples=["A week in Rome"]),
]
Template = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": list(names()), "examples": [DEFAULT]}),
]
Model = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=_MODEL_LENGTH),
    Field(examples=["profile:chat"]),
]
SystemText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(_bounded),
    Field(examples=["You help to plan journeys by train."]),
]


class _OwnersWords(BaseModel):
    """Unknown fields are refused: one that is misspelt would be left undone without a word."""

    model_config = ConfigDict(extra="forbid")


class ConversationIn(_OwnersWords):
    """All of it may be left out."""

    title: Title | None = Field(None, description="Without it, one is made from what is said.")
    template: Template = Field(DEFAULT, description="What kind of conversation it is.")
    model: Model | None = Field(
        None,
        description="Who answers: `provider:model`, an id of the catalogue, `profile:NAME` or "
        "`auto`. Without it, the chain for chats.",
    )
    system_text: SystemText | None = Field(
        None,
        description=f"Told to the model beside the template, as it stands. At most "
        f"{SYSTEM_BYTES // 1024} KB.",
    )
    remember: StrictBool = Field(
        default=True, description="Whether facts are kept from it, and recalled in it."
    )

    def columns(self) -> dict[str, Any]:
        return self.model_dump()


class ConversationChanges(_OwnersWords):
    """What is left out stays as it is; null takes a title, a model or a system text away."""

    title: Title | None = Field(
        None,
        description="With null, one is made from the next answer.",
        examples=["A week in Rome"],
    )
    template: Template = Field(default=_LEFT_OUT, json_schema_extra=_no_default)
    model: Model | None = None
    system_text: SystemText | None = None
    remember: StrictBool = Field(default=_LEFT_OUT, json_schema_extra=_no_default)
    head_id: UUID = Field(
        default=_LEFT_OUT,
        json_schema_extra=_no_default,
        description="Go on with the branch through this message: where there is more than one, "
        "with the one that was gone on with last.",
    )

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)

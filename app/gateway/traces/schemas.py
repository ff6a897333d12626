"""What the endpoints of telemetry answer."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.web import Timestamp


class ScoreView(BaseModel):
    """What one scorer said of one turn, or of a run's outcome."""

    model_config = ConfigDict(from_attributes=True)

    scorer: str = Field(examples=["context_adherence"])
    status: str = Field(
        description="`success`; `pending` and `computing` while it is to come; else `failed`, "
        "`error`, `not_computed` or `not_applicable`."
    )
    value: float | None = Field(description="0 to 1; null where it is a word, or none.")
    explanation: str | None
    at: Timestamp = Field(description="When it was fetched.")
    run_id: UUID | None
    conversation_id: UUID | None
    message_id: UUID | None = Field(
        description="The answer, or once its run has ended, the message in the room."
    )
    seat_id: UUID | None = Field(description="The buyer or seller whose turn it was.")
    round: int | None


class ScoresPageView(BaseModel):
    """The oldest turn first."""

    scores: list[ScoreView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class ExporterView(BaseModel):
    """Of this process, since it started; but what waits for Galileo waits for any process."""

    model_config = ConfigDict(from_attributes=True)

    on: bool = Field(description="Whether it is set up.")
    waiting: int = Field(description="What is still to be sent.")
    delivered: int = Field(description="What is there.")
    failed: int = Field(description="Attempts that came to nothing.")
    lost: int = Field(description="What was given up, or dropped for want of room.")
    last_error: str | None = Field(description="A code.", examples=["unreachable"])
    last_error_at: Timestamp | None
    last_delivery_at: Timestamp | None
    notes: list[str] = Field(description="What is set up wrong.")


class ExportersView(BaseModel):
    galileo: ExporterView
    sentry: ExporterView
    otel: ExporterView

"""What the ledger's endpoints answer."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.gateway.calls.fields import Usd
from app.llm import CacheUse, CallStatus
from app.web import Timestamp


class AttemptView(BaseModel):
    """One try at one model."""

    model_config = ConfigDict(extra="ignore")

    provider: str
    model: str
    status: CallStatus
    error: str | None = Field(description="Code of what went wrong.", examples=["LLM_TIMEOUT"])
    latency_ms: int


class AttemptDetail(AttemptView):
    """Tokens and cost are null where nothing was heard: no vendor bills for that."""

    message: str | None = Field(description="What went wrong, for people.")
    first_token_ms: int | None = Field(description="From the start of this try.")
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: Usd | None = None
    estimated: bool | None = Field(None, description="Whether the tokens are a guess.")
    passed_over: bool = Field(
        default=False, description="Whether the model wasn't asked at all; `message` says why."
    )
    generation_id: str | None = Field(
        None,
        description="By what name the provider knows the answer, and is asked what it cost in the "
        "end.",
        examples=["gen-1758801234-x1Y2z3"],
    )


class CallView(BaseModel):
    """One call, however it ended."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    task: str = Field(examples=["chat"])
    model: str | None = Field(description="The one that was heard; null when none was.")
    provider: str | None = Field(description="Where that model is.", examples=["openrouter"])
    status: CallStatus
    attempts: list[AttemptView] = Field(
        description="Every try at every model, in order, and which models were passed over."
    )
    prompt_tokens: int = Field(description="Of all tries that were heard.")
    completion_tokens: int = Field(description="The same.")
    cached_tokens: int = Field(description="Those of the prompt that the vendor had in its cache.")
    characters: int = Field(description="Those that were spoken.")
    seconds: float = Field(description="Those of the sound that was transcribed.")
    cost_usd: Usd | None = Field(
        description="Of all tries: what the vendor says, else price × tokens; null when a price "
        "is unknown.",
        examples=["0.00042"],
    )
    estimated: bool = Field(description="Whether some of the tokens are a guess.")
    latency_ms: int = Field(description="From the start of the call to its end.")
    first_token_ms: int | None = Field(description="From the start of the call.")
    cache: CacheUse = Field(description="`off` when the caller didn't want it.")
    created_at: Timestamp


class SavingView(BaseModel):
    strategy: str
    tokens_before: int
    tokens_after: int


class CallDetail(CallView):
    """One call, with everything that is kept of it."""

    attempts: list[AttemptDetail]  # type: ignore[assignment]  # each has more than in the list
    asked: str | None = Field(description="The model that the caller named, if it named one.")
    error: str | None = Field(description="Code of the error that the caller got.")
    run_id: UUID | None = Field(description="The negotiation's run that it was for.")
    conversation_id: UUID | None
    message_id: UUID | None = Field(description="The conversation's answer that it was for.")
    seat_id: UUID | None = Field(description="The buyer or seller whose turn it was.")
    round: int | None = Field(description="Of the negotiation.")
    trace_id: str | None = Field(description="The trace that it was made in.")
    key_id: str | None = Field(description="A fingerprint of the key that the caller showed.")
    profile: str | None
    complexity: str | None
    cache_write_tokens: int = Field(description="Those that the vendor put into its cache.")
    reasoning_tokens: int = Field(description="Those of the answer that were thought, not said.")
    savings: list[SavingView] = Field(description="What compression did, strategy by strategy.")
    decision: dict[str, Any] = Field(description="What routing went by.")


class CallsPageView(BaseModel):
    """The newest call first."""

    calls: list[CallView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class LedgerView(BaseModel):
    """Of this process, since it started."""

    model_config = ConfigDict(from_attributes=True)

    written: int = Field(description="Rows that are in the database.")
    queued: int = Field(description="Rows that wait to be written.")
    lost: int = Field(description="Rows that had to be dropped. Anything but 0 is trouble.")

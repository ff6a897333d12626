"""The figures, as they are answered. What can't be told, since nothing happened, is null."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from app.kit.clock import iso_z

Timestamp = Annotated[datetime, PlainSerializer(iso_z, return_type=str)]
"""UTC, ISO 8601, with `Z`."""


def _exact(amount: Decimal) -> str:
    whole = f"{amount:f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


Usd = Annotated[Decimal, PlainSerializer(_exact, return_type=str)]
"""A decimal string, exact."""


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True)


class Stretch(_Figures):
    """Of time: from `from` to just before `to`."""

    since: Timestamp = Field(serialization_alias="from")
    until: Timestamp = Field(serialization_alias="to")


class Distribution(_Figures):
    """Of times in milliseconds."""

    count: int = Field(description="How many were measured.")
    mean: float | None
    p50: float | None = Field(description="Half of them took no longer.")
    p95: float | None
    p99: float | None


class Latency(_Figures):
    model: Distribution = Field(
        description="Of calls of models for a chat, from the start of the call to its end; not "
        "those that failed or were answered from the cache."
    )
    speech_to_text: Distribution
    text_to_speech: Distribution
    end_to_end: Distribution = Field(
        description="Of spoken turns, from the end of what was heard to the first sound."
    )
    answer: Distribution = Field(
        description="Of whole answers in text, from the question to the last word."
    )


class Tokens(_Figures):
    prompt: int = Field(description="Of all calls of models, with those in the background.")
    completion: int
    per_hour: float = Field(description="Both together.")
    saved: int = Field(description="By how much prompts were shorter than whole conversations.")
    saved_share: float | None = Field(description="Of the tokens of whole conversations, 0 to 1.")


class Cost(_Figures):
    usd: Usd = Field(description="The sum of the ledger's rows.", examples=["0.00042"])
    usd_per_hour: Usd
    unpriced_calls: int = Field(description="Calls of unknown price, which the sum is without.")


class Cache(_Figures):
    hits: int
    misses: int
    hit_rate: float | None = Field(description="Of the chat's calls that wanted it, 0 to 1.")


class Errors(_Figures):
    failed: int = Field(description="Answers that ended with an error.")
    ended: int = Field(description="Answers that ended, however.")
    rate: float | None = Field(description="`failed` of `ended`, 0 to 1.")
    by_code: dict[str, int] = Field(examples=[{"LLM_TIMEOUT": 2}])


class Notices(_Figures):
    """How often one way of recovery was taken."""

    count: int
    share: float | None = Field(description="For each answer, so mostly 0 to 1.")


class Throughput(_Figures):
    generations: int = Field(description="Answers that were begun.")
    generations_per_minute: float
    tokens_per_second: float = Field(description="Of those that models wrote.")


class Relevance(_Figures):
    """How near the memories were that answers were given with."""

    count: int = Field(description="Answers that were given with memories.")
    mean: float | None = Field(description="0 to 1.")


class Satisfaction(_Figures):
    count: int = Field(description="Answers that somebody said something of.")
    up: int
    down: int
    up_share: float | None = Field(description="Of the thumbs, 0 to 1.")
    ratings: int
    mean_rating: float | None = Field(description="1 to 5.")


class Figures(_Figures):
    """Of one stretch of time."""

    latency: Latency
    first_token: Distribution = Field(description="Of answers, from the question.")
    tokens: Tokens
    cost: Cost
    cache: Cache
    errors: Errors
    notices: dict[str, Notices] = Field(description="By the notice's code.")
    throughput: Throughput
    relevance: Relevance
    satisfaction: Satisfaction


class StepFigures(Figures, Stretch):
    """Of one step of the window; the last may be a shorter one."""


class Recommendation(_Figures):
    """What to look into, and the figure that it follows from."""

    code: str = Field(examples=["HIGH_ERROR_RATE"])
    message: str
    figure: str = Field(description="Its path in this answer.", examples=["errors.rate"])
    value: float
    threshold: float


class PerformanceView(Figures, Stretch):
    """Of the whole window, and of each step of it."""

    recommendations: list[Recommendation] = Field(description="For the whole window.")
    step_seconds: float
    steps: list[StepFigures]

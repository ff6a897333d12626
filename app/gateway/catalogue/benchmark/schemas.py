"""What a benchmark takes and gives."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from app.gateway.catalogue.benchmark.service import BenchmarkReport, Plan
from app.gateway.catalogue.models import BenchmarkRow
from app.web import Timestamp

ProviderName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)
]
BenchmarkTask = Literal["coding", "database", "analysis", "extraction"]


class BenchmarkView(BaseModel):
    """How a model did at the exercises of one kind of task."""

    provider: str
    id: str = Field(description="Of the model.")
    task: str = Field(examples=["coding"])
    asked: int = Field(description="Exercises.")
    answered: int = Field(description="Of those, how many it gave an answer to.")
    score: float | None = Field(description="0 to 1 over those answered; null when none was.")
    first_token_ms: int | None = Field(description="Milliseconds to the first token, median.")
    tokens_per_second: float | None = Field(description="From the first token to the last.")
    error: str | None = Field(description="Why one wasn't answered; the last reason.")
    at: Timestamp

    @classmethod
    def of(cls, row: BenchmarkRow) -> "BenchmarkView":
        return cls(
            provider=row.provider,
            id=row.model,
            task=row.task,
            asked=row.asked,
            answered=row.answered,
            score=row.score,
            first_token_ms=row.first_token_ms,
            tokens_per_second=row.tokens_per_second,
            error=row.error,
            at=row.at,
        )


class BenchmarkRequest(BaseModel):
    """What is to be measured; without a field, all there is of it."""

    top: int = Field(3, ge=1, le=10, description="Models of each provider, at most.")
    providers: Annotated[list[ProviderName], Field(max_length=50)] = Field(
        default=[], description="Configured ones; all, where none is named."
    )
    tasks: Annotated[list[BenchmarkTask], Field(max_length=10)] = Field(
        default=[], description="Kinds of task; all, where none is named."
    )
    free: bool | None = Field(
        None,
        description="True: no model that may cost something. Null: free ones come first. "
        "False: free or not is the same.",
    )

    def plan(self, tenant_id: str) -> Plan:
        return Plan.of(self.top, self.providers, self.tasks, free=self.free, tenant_id=tenant_id)


class LeftOutView(BaseModel):
    """A provider without a model that could be asked."""

    provider: str
    reason: str


class BenchmarkReportView(BaseModel):
    results: list[BenchmarkView] = Field(description="One for each model and kind of task.")
    left_out: list[LeftOutView]

    @classmethod
    def of(cls, report: BenchmarkReport) -> "BenchmarkReportView":
        return cls(
            results=[BenchmarkView.of(row) for row in report.results],
            left_out=[
                LeftOutView(provider=left.provider, reason=left.reason) for left in report.left_out
            ],
        )

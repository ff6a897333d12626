"""What discovery answers."""

from pydantic import BaseModel, Field

from app.gateway.catalogue.discovery.report import DiscoveryReport, Outcome
from app.web import Timestamp


class OutcomeView(BaseModel):
    """How asking one provider went. The counts are of models."""

    provider: str
    error: str | None = Field(description="Why nothing could be learnt, and nothing was changed.")
    listed: int
    skipped: int = Field(description="Rows of the list that couldn't be read.")
    added: int
    retired: int
    returned: int = Field(description="Retired ones that are listed again.")
    repriced: int
    at: Timestamp

    @classmethod
    def of(cls, outcome: Outcome) -> "OutcomeView":
        return cls.model_validate(outcome, from_attributes=True)


class DiscoveryView(BaseModel):
    """The totals count active models."""

    total_models: int
    free_models: int
    providers: int = Field(description="Providers with an active model.")
    benchmarked: int = Field(description="Models with a result of a benchmark.")
    details: list[OutcomeView] = Field(description="One for each configured provider.")

    @classmethod
    def of(cls, report: DiscoveryReport) -> "DiscoveryView":
        totals = report.totals
        return cls(
            total_models=totals.total_models,
            free_models=totals.free_models,
            providers=totals.providers,
            benchmarked=totals.benchmarked,
            details=[OutcomeView.of(outcome) for outcome in report.outcomes],
        )

"""What came of asking the providers."""

from datetime import datetime

from app.kit.frozen import frozen


@frozen
class Outcome:
    """Of one provider. `error` is None when it worked; else nothing was changed. The others count
    models: `skipped` are rows that couldn't be read."""

    provider: str
    at: datetime
    error: str | None = None
    listed: int = 0
    skipped: int = 0
    added: int = 0
    retired: int = 0
    returned: int = 0
    repriced: int = 0


@frozen
class Totals:
    """Of active models: how many, at how many providers, with results of a benchmark."""

    total_models: int
    free_models: int
    providers: int
    benchmarked: int


@frozen
class DiscoveryReport:
    totals: Totals
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> bool:
        """Whether there were providers to ask, and none told anything."""
        return bool(self.outcomes) and all(outcome.error for outcome in self.outcomes)

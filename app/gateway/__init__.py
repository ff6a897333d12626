"""The model core's side in this service: what calls cost is kept, how models are is told."""

from app.gateway.budgets import BudgetBook, LiveBudgets, Reserving
from app.gateway.cache import AnswerStore
from app.gateway.cache import tasks as cache_tasks
from app.gateway.calls import CallReader, LedgerWriter, ModelSpans, Settlement, WriterOptions
from app.gateway.calls.fields import Usd
from app.gateway.catalogue import (
    Benchmark,
    BenchmarkPlan,
    BenchmarkReport,
    Browsing,
    CatalogueFeed,
    CatchingUp,
    Discovery,
    DiscoveryReport,
    ModelFinding,
    Progress,
    benchmark_lines,
    discovery_lines,
)
from app.gateway.catalogue import tasks as catalogue_tasks
from app.gateway.health import Accounts, ModelStatus, Overview, Prober
from app.gateway.profiles import ProfileBook, ProfileFeed
from app.gateway.traces import (
    NO_SCORES,
    RunScores,
    ScoreRow,
    Scores,
    ToldMove,
    ToldRun,
    ToldRuns,
    TraceOptions,
    Tracing,
    open_tracing,
)

__all__ = [
    "NO_SCORES",
    "Accounts",
    "AnswerStore",
    "Benchmark",
    "BenchmarkPlan",
    "BenchmarkReport",
    "Browsing",
    "BudgetBook",
    "CallReader",
    "CatalogueFeed",
    "CatchingUp",
    "Discovery",
    "DiscoveryReport",
    "LedgerWriter",
    "LiveBudgets",
    "ModelFinding",
    "ModelSpans",
    "ModelStatus",
    "Overview",
    "Prober",
    "ProfileBook",
    "ProfileFeed",
    "Progress",
    "Reserving",
    "RunScores",
    "ScoreRow",
    "Scores",
    "Settlement",
    "ToldMove",
    "ToldRun",
    "ToldRuns",
    "TraceOptions",
    "Tracing",
    "Usd",
    "WriterOptions",
    "benchmark_lines",
    "cache_tasks",
    "catalogue_tasks",
    "discovery_lines",
    "open_tracing",
]

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
    Discovery,
    DiscoveryReport,
    Progress,
    benchmark_lines,
    discovery_lines,
)
from app.gateway.catalogue import tasks as catalogue_tasks
from app.gateway.health import Accounts, ModelStatus, Overview, Prober
from app.gateway.profiles import ProfileBook, ProfileFeed

__all__ = [
    "Accounts",
    "AnswerStore",
    "Benchmark",
    "BenchmarkPlan",
    "BenchmarkReport",
    "Browsing",
    "BudgetBook",
    "CallReader",
    "CatalogueFeed",
    "Discovery",
    "DiscoveryReport",
    "LedgerWriter",
    "LiveBudgets",
    "ModelSpans",
    "ModelStatus",
    "Overview",
    "Prober",
    "ProfileBook",
    "ProfileFeed",
    "Progress",
    "Reserving",
    "Settlement",
    "Usd",
    "WriterOptions",
    "benchmark_lines",
    "cache_tasks",
    "catalogue_tasks",
    "discovery_lines",
]

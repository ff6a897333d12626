"""The catalogue of models in this service: kept in tables, corrected by discovery."""

from app.gateway.catalogue.benchmark import Benchmark, BenchmarkReport
from app.gateway.catalogue.benchmark import Plan as BenchmarkPlan
from app.gateway.catalogue.browsing import Browsing
from app.gateway.catalogue.discovery import CatchingUp, Discovery, DiscoveryReport, Progress
from app.gateway.catalogue.finding import ModelFinding
from app.gateway.catalogue.lines import benchmark_lines, discovery_lines
from app.gateway.catalogue.live import CatalogueFeed
from app.gateway.catalogue.tasks import tasks

__all__ = [
    "Benchmark",
    "BenchmarkPlan",
    "BenchmarkReport",
    "Browsing",
    "CatalogueFeed",
    "CatchingUp",
    "Discovery",
    "DiscoveryReport",
    "ModelFinding",
    "Progress",
    "benchmark_lines",
    "discovery_lines",
    "tasks",
]

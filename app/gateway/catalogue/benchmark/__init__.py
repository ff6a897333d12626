"""Finds out how good and how fast models are."""

from app.gateway.catalogue.benchmark.service import Benchmark, BenchmarkReport, Plan

__all__ = ["Benchmark", "BenchmarkReport", "Plan"]

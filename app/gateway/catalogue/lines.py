"""Reports as lines for a terminal."""

from collections.abc import Iterator
from dataclasses import asdict

from app.gateway.catalogue.benchmark.service import BenchmarkReport
from app.gateway.catalogue.discovery.report import DiscoveryReport, Outcome
from app.gateway.catalogue.models import BenchmarkRow


def discovery_lines(report: DiscoveryReport) -> Iterator[str]:
    """The totals, then how it went at each provider."""
    for name, count in asdict(report.totals).items():
        yield f"{name:<14}{count}"
    if not report.outcomes:
        yield "No provider is configured: these models came with the service."
    for outcome in report.outcomes:
        yield f"  {outcome.provider:<12}{_went(outcome)}"


def _went(outcome: Outcome) -> str:
    if outcome.error is not None:
        return f"failed: {outcome.error}"
    counts = {
        "listed": outcome.listed,
        "new": outcome.added,
        "returned": outcome.returned,
        "retired": outcome.retired,
        "with a new price": outcome.repriced,
        "unreadable": outcome.skipped,
    }
    return ", ".join(
        f"{count} {what}" for what, count in counts.items() if count or what == "listed"
    )


def benchmark_lines(report: BenchmarkReport) -> Iterator[str]:
    for row in report.results:
        yield f"{row.provider}:{row.model}  {row.task:<10}  {_did(row)}"
    for left in report.left_out:
        yield f"{left.provider}  left out: {left.reason}"
    if not report.results and not report.left_out:
        yield "No provider is configured: there is nothing to measure."


def _did(row: BenchmarkRow) -> str:
    if row.score is None:
        return f"no answer: {row.error}"
    told = [f"score {row.score:.2f}"]
    if row.answered < row.asked:
        told.append(f"answered {row.answered} of {row.asked}")
    if row.first_token_ms is not None:
        told.append(f"first token {row.first_token_ms} ms")
    if row.tokens_per_second is not None:
        told.append(f"{row.tokens_per_second:.1f} tokens/s")
    return "  ".join(told)

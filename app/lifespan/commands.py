"""What the commands do that serve nothing."""

import asyncio

import structlog

from app.db import migrate as migrate_schema
from app.gateway import BenchmarkPlan, BenchmarkReport, DiscoveryReport, Progress
from app.kit import garbage
from app.lifespan.database import open_address
from app.lifespan.parts import open_parts, working
from app.settings import Settings
from app.telemetry import Spans

log = structlog.get_logger()


def migrate(settings: Settings) -> tuple[str | None, str]:
    """Brings the schema up to date; returns the revision before and after."""

    async def run() -> tuple[str | None, str]:
        async with open_address(settings) as address:
            return await asyncio.to_thread(migrate_schema, address)

    return asyncio.run(run())


def run_worker(settings: Settings) -> None:
    """Runs jobs until SIGTERM or SIGINT."""

    async def run() -> None:
        async with open_parts(settings, Spans()) as parts, working(parts):
            garbage.settle()
            log.info("worker.ready")
            await asyncio.Event().wait()

    asyncio.run(run())


def discover(settings: Settings, progress: Progress) -> DiscoveryReport:
    """Asks all providers once."""

    async def run() -> DiscoveryReport:
        async with open_parts(settings, Spans()) as parts:
            return await parts.gateway.discovery.run(progress)

    return asyncio.run(run())


def benchmark(settings: Settings, plan: BenchmarkPlan, progress: Progress) -> BenchmarkReport:
    """Puts models to the exercises once."""

    async def run() -> BenchmarkReport:
        async with open_parts(settings, Spans()) as parts:
            return await parts.gateway.benchmark.run(plan, progress)

    return asyncio.run(run())

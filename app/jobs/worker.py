"""Runs jobs in this process, and takes over what a dead worker left.

The engine's worker ends when the database goes away; this one starts it again. A worker that dies
stops its heartbeat: any live one finds its jobs by that, puts them back and runs them.
"""

import asyncio
from contextlib import suppress
from typing import TypeVar

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker as EngineWorker

from app.errors import AppError
from app.jobs.fence import FencedJobs
from app.jobs.tracing import MeaningOf, as_it_is, traced
from app.kit.frozen import frozen
from app.kit.spans import NoSpans, SpanSink

log = structlog.get_logger()

_RESTART_SECONDS = 1.0
_MAX_ATTEMPTS = 1000
_SERVICES = "services"

S = TypeVar("S")


class JobServices:
    """What a slice's tasks work with; `lifespan` puts in, a task takes out by type."""

    def __init__(self, *services: object) -> None:
        self._by_type = {type(service): service for service in services}

    def get(self, kind: type[S]) -> S:
        service = self._by_type[kind]
        if not isinstance(service, kind):
            raise TypeError(kind.__name__)
        return service


def services(context: JobContext) -> JobServices:
    found = context.additional_context[_SERVICES]
    if not isinstance(found, JobServices):
        raise TypeError("the worker was started without services")
    return found


@frozen
class WorkerOptions:
    """Times in seconds. A worker silent for `stalled_after` is taken for dead."""

    concurrency: int = 200
    heartbeat_interval: float = 2.0
    stalled_after: float = 6.0
    shutdown_grace: float = 3.0


class Resume(BaseRetryStrategy):
    """Puts an interrupted job back at once, and one that failed for want of the database, or by a
    fault of ours, after a pause that grows to a minute. What it did so far stands in its log."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= _MAX_ATTEMPTS or (
            isinstance(exception, AppError) and not exception.retryable
        ):
            return None
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        return RetryDecision(retry_in={"seconds": min(60, 2 ** min(job.attempts, 6))})


class Worker:
    """Each job leaves a span in `spans`. `meaning_of` tells how loudly to tell of a failure."""

    def __init__(
        self,
        app: App,
        services: JobServices,
        options: WorkerOptions,
        *,
        spans: SpanSink | None = None,
        meaning_of: MeaningOf = as_it_is,
    ) -> None:
        self._app = app
        self._jobs = FencedJobs(app.connector)
        self._services = services
        self._options = options
        self._spans = spans or NoSpans()
        self._meaning_of = meaning_of
        self._running: set[int | None] = set()

    async def run(self) -> None:
        """Works until cancelled; then running jobs get `shutdown_grace` to finish, and what
        hasn't finished goes back into the queue for whoever is alive."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(), name="jobs.work")
            group.create_task(self._rescue(), name="jobs.rescue")

    async def _work(self) -> None:
        options = self._options
        while True:
            try:
                await self._app.run_worker_async(
                    concurrency=options.concurrency,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=options.heartbeat_interval,
                    stalled_worker_timeout=options.stalled_after,
                    shutdown_graceful_timeout=options.shutdown_grace,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    additional_context={_SERVICES: self._services},
                    install_signal_handlers=False,
                    worker_middleware=[self._noted],
                )
            except ProcrastinateException as error:
                log.warning("jobs.worker_lost_database", error=type(error).__name__)
                if _cancelled():  # the engine's complaint took the cancellation's place
                    raise asyncio.CancelledError from error
            await asyncio.sleep(_RESTART_SECONDS)

    async def _noted(
        self, run: AsyncCallNext, context: JobContext, _worker: EngineWorker
    ) -> object:
        self._running.add(context.job.id)
        try:
            with traced(context.job, self._spans, self._meaning_of):
                return await run()
        finally:
            self._running.discard(context.job.id)

    async def _rescue(self) -> None:
        while True:
            await asyncio.sleep(self._options.heartbeat_interval)
            with suppress(ProcrastinateException):
                await self.rescue_once()

    async def rescue_once(self) -> int:
        """Puts the jobs of dead workers back into the queue; returns how many there were.

        What runs here isn't dead, even where this worker's own signs of life are overdue, as they
        are after the machine has slept.
        """
        stalled = await self._jobs.get_stalled_jobs(
            seconds_since_heartbeat=self._options.stalled_after
        )
        count = 0
        for job in stalled:
            if job.id not in self._running and await self._jobs.put_back(job):
                log.info("jobs.rescued", task=job.task_name, job_id=job.id)
                count += 1
        return count


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0

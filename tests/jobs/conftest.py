"""A job engine on a real database, and a task that tells when it runs and ends when it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from procrastinate import App, Blueprint, JobContext

from app.db import Address
from app.jobs import JobServices, Resume, Worker, WorkerOptions, open_app, services

TASK = "test:work"
PATIENCE_SECONDS = 30.0


class Work:
    """What the task does: `failures` are raised first, one a run; then it waits for `done`."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, str, int]] = []
        """Per run: the tenant, the id, the job's count of attempts."""
        self.failures: list[Exception] = []
        self.done = asyncio.Event()
        self._started = asyncio.Condition()

    async def do(self, tenant_id: str, thing: str, attempts: int) -> None:
        async with self._started:
            self.runs.append((tenant_id, thing, attempts))
            self._started.notify_all()
        if self.failures:
            raise self.failures.pop(0)
        await self.done.wait()

    async def started(self, times: int = 1) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._started:
            await self._started.wait_for(lambda: len(self.runs) >= times)


def _blueprint() -> Blueprint:
    tasks = Blueprint()

    @tasks.task(name="work", retry=Resume(), pass_context=True)
    async def work(context: JobContext, tenant_id: str, thing: str) -> None:
        await services(context).get(Work).do(tenant_id, thing, context.job.attempts)

    return tasks


@pytest.fixture
async def engine(clean_address: Address) -> AsyncIterator[App]:
    async with opened(clean_address) as app:
        yield app


@asynccontextmanager
async def opened(address: Address) -> AsyncIterator[App]:
    """An engine as a process has it; two of them are two processes."""
    app = open_app(address.libpq, pool_size=3, tasks={"test": _blueprint()})
    async with app.open_async():
        yield app


def worker_of(app: App, work: Work, **options: float) -> Worker:
    chosen = {"heartbeat_interval": 0.2, "stalled_after": 1.0, "shutdown_grace": 0.0, **options}
    return Worker(app, JobServices(work), WorkerOptions(concurrency=5, **chosen))


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


Rows = list[tuple[object, ...]]
Jobs = Callable[[], Rows]


@pytest.fixture
def jobs(clean_address: Address) -> Jobs:
    """The jobs there are: status and count of attempts."""

    def read() -> Rows:
        with psycopg.connect(clean_address.libpq, autocommit=True) as connection:
            query = "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"
            return list(connection.execute(query).fetchall())

    return read


async def eventually(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found if isinstance(found := holds(), bool) else await found):
            await asyncio.sleep(0.02)

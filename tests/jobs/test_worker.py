"""Who runs a job, who takes it over, and who may not touch it any more."""

import asyncio

import psycopg
import pytest
from procrastinate import App
from procrastinate.jobs import Job, Status

from app.db import Address, Database
from app.errors import Conflict, Unavailable
from app.jobs import JobQueue, Resume
from app.jobs.fence import FencedJobs
from app.kit.clock import utc_now
from tests.jobs.conftest import TASK, Jobs, Work, eventually, opened, worker_of, working


class Broken(Conflict):
    code = "BROKEN"


class Away(Unavailable):
    code = "AWAY"


async def deferred(engine: App, database: Database) -> None:
    async with database.begin("acme") as unit:
        await JobQueue(engine).defer(unit, TASK, lock="a", thing="7")


def run(address: Address, query: str) -> None:
    with psycopg.connect(address.libpq, autocommit=True) as connection:
        connection.execute(query.encode())


async def _fetched(engine: App) -> Job:
    """The job in the hands of a worker that does nothing more."""
    worker_id = await engine.job_manager.register_worker()
    job = await engine.job_manager.fetch_job(queues=None, worker_id=worker_id)
    assert job is not None
    return job


def _silent_for_an_hour(address: Address) -> None:
    run(address, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


async def test_a_dead_workers_job_is_run_by_a_live_one(
    engine: App, database: Database, clean_address: Address, jobs: Jobs
) -> None:
    await deferred(engine, database)
    await _fetched(engine)
    _silent_for_an_hour(clean_address)
    work = Work()
    work.done.set()
    async with working(worker_of(engine, work)):
        await work.started()
        await eventually(lambda: jobs() == [])
    assert work.runs == [("acme", "7", 1)]


async def test_a_live_workers_job_is_left_alone(
    engine: App, database: Database, jobs: Jobs
) -> None:
    await deferred(engine, database)
    await _fetched(engine)
    assert await worker_of(engine, Work(), stalled_after=60.0).rescue_once() == 0
    assert jobs() == [("doing", 0)]


async def test_what_runs_here_is_not_dead_after_a_long_sleep(
    engine: App, database: Database, clean_address: Address, jobs: Jobs
) -> None:
    work = Work()
    worker = worker_of(engine, work, heartbeat_interval=30.0, stalled_after=60.0)
    async with working(worker):
        await deferred(engine, database)
        await work.started()
        _silent_for_an_hour(clean_address)
        assert await worker.rescue_once() == 0
        assert jobs() == [("doing", 0)]
        work.done.set()
        await eventually(lambda: jobs() == [])


async def test_of_two_rescuers_one_rescues(
    engine: App, database: Database, clean_address: Address, jobs: Jobs
) -> None:
    await deferred(engine, database)
    await _fetched(engine)
    _silent_for_an_hour(clean_address)
    async with opened(clean_address) as other:
        workers = [worker_of(app, Work()) for app in (engine, other)]
        rescued = await asyncio.gather(*(worker.rescue_once() for worker in workers))
    assert sum(rescued) == 1
    assert jobs() == [("todo", 1)]


@pytest.mark.parametrize("taken", ["todo", "doing"])
async def test_who_lost_a_job_can_neither_end_it_nor_put_it_back(
    engine: App, database: Database, jobs: Jobs, taken: str
) -> None:
    await deferred(engine, database)
    lost = await _fetched(engine)
    held = FencedJobs(engine.connector)
    assert await held.put_back(lost)
    if taken == "doing":
        await _fetched(engine)
    for status in (Status.SUCCEEDED, Status.FAILED, Status.ABORTED):
        await held.finish_job(lost, status, delete_job=status is Status.SUCCEEDED)
    assert not await held.put_back(lost)
    assert jobs() == [(taken, 1)]


async def test_the_engine_itself_uses_the_fence(engine: App) -> None:
    assert isinstance(engine.job_manager, FencedJobs)


async def test_a_stopped_worker_puts_its_job_back_at_once(
    engine: App, database: Database, jobs: Jobs
) -> None:
    await deferred(engine, database)
    first, second = Work(), Work()
    async with working(worker_of(engine, first)):
        await first.started()
    assert jobs() == [("todo", 1)]
    second.done.set()
    async with working(worker_of(engine, second)):
        await second.started()
        await eventually(lambda: jobs() == [])


async def test_a_worker_whose_place_was_given_up_takes_a_new_one(
    engine: App, database: Database, clean_address: Address, jobs: Jobs
) -> None:
    """As happens to one that slept for long; the next job is the first it hears of that."""
    work = Work()
    work.done.set()
    async with working(worker_of(engine, work)):
        await deferred(engine, database)
        await eventually(lambda: jobs() == [] and len(work.runs) == 1)
        run(clean_address, "DELETE FROM procrastinate_workers")
        await deferred(engine, database)
        await eventually(lambda: jobs() == [] and len(work.runs) == 2)


async def test_a_worker_survives_its_connections(
    engine: App, database: Database, clean_address: Address, jobs: Jobs
) -> None:
    work = Work()
    work.done.set()
    async with working(worker_of(engine, work)):
        await deferred(engine, database)
        await eventually(lambda: jobs() == [] and len(work.runs) == 1)
        run(
            clean_address,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'parley-jobs'",
        )
        await deferred(engine, database)
        await eventually(lambda: jobs() == [] and len(work.runs) == 2)


async def test_it_can_be_stopped_while_the_database_refuses_it(
    engine: App, clean_address: Address, jobs: Jobs
) -> None:
    """The engine's complaint must not take the place of the cancellation."""
    async with working(worker_of(engine, Work())) as task:
        await eventually(lambda: _workers(clean_address) == 1)
        await engine.close_async()
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=30)
        assert done
    await engine.connector.open_async()


def _workers(address: Address) -> int:
    with psycopg.connect(address.libpq, autocommit=True) as connection:
        return len(connection.execute("SELECT FROM procrastinate_workers").fetchall())


def _job(attempts: int) -> Job:
    return Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name=TASK, attempts=attempts
    )


@pytest.mark.parametrize(
    ("exception", "attempts", "seconds"),
    [
        (asyncio.CancelledError(), 0, 0),
        (asyncio.CancelledError(), 20, 0),
        (RuntimeError("a fault of ours"), 0, 1),
        (RuntimeError("a fault of ours"), 3, 8),
        (RuntimeError("a fault of ours"), 500, 60),
        (Away("the database is away"), 1, 2),
    ],
)
def test_when_a_job_is_tried_again(exception: BaseException, attempts: int, seconds: int) -> None:
    decision = Resume().get_retry_decision(exception=exception, job=_job(attempts))
    assert decision is not None
    assert decision.retry_at is not None
    assert abs((decision.retry_at - utc_now()).total_seconds() - seconds) < 1


@pytest.mark.parametrize(
    ("exception", "attempts"), [(Broken("it will always be so"), 0), (RuntimeError("again"), 1000)]
)
def test_when_a_job_is_given_up(exception: BaseException, attempts: int) -> None:
    assert Resume().get_retry_decision(exception=exception, job=_job(attempts)) is None

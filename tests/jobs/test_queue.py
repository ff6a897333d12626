"""A job exists if, and only if, what makes it necessary was committed."""

import pytest
from procrastinate import App

from app.db import Database
from app.jobs import JobQueue
from tests.jobs.conftest import TASK, Jobs, Work, eventually, worker_of, working


async def test_a_committed_job_runs_with_its_tenant(
    engine: App, database: Database, jobs: Jobs
) -> None:
    work = Work()
    work.done.set()
    async with working(worker_of(engine, work)):
        async with database.begin("acme") as unit:
            await JobQueue(engine).defer(unit, TASK, lock="a", thing="7")
            assert jobs() == []
        await work.started()
        await eventually(lambda: jobs() == [])
    assert work.runs == [("acme", "7", 0)]


async def test_a_rolled_back_job_never_was(engine: App, database: Database, jobs: Jobs) -> None:
    async def defer_and_fail() -> None:
        async with database.begin("acme") as unit:
            await JobQueue(engine).defer(unit, TASK, lock="a", thing="7")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await defer_and_fail()
    assert jobs() == []


async def test_jobs_with_one_lock_run_one_after_the_other(
    engine: App, database: Database, jobs: Jobs
) -> None:
    work = Work()
    async with database.begin("acme") as unit:
        for thing, lock in [("1", "a"), ("2", "a"), ("3", "b")]:
            await JobQueue(engine).defer(unit, TASK, lock=lock, thing=thing)
    async with working(worker_of(engine, work)):
        await work.started(2)
        assert sorted(thing for _, thing, _ in work.runs) == ["1", "3"]
        assert [status for status, _ in jobs()] == ["doing", "todo", "doing"]
        work.done.set()
        await work.started(3)
    assert work.runs[2][1] == "2"

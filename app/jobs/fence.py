"""Lets only the attempt that holds a job end it or put it back.

The engine does both by the job's number alone. A worker that froze, was taken for dead and wakes up
would end, or start once more, what another is doing by then; so would two that rescue the same job.
The count of attempts grows whenever a job goes back into the queue: it is the fencing token.
"""

from datetime import datetime

from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from app.kit.clock import utc_now

_HELD = """
    WITH held AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs
        WHERE id = %(job_id)s AND attempts = %(attempts)s AND status = 'doing'
        FOR UPDATE
    )
"""
_FINISH = f"""{_HELD}
    SELECT procrastinate_finish_job_v1(
        id, %(status)s::procrastinate_job_status, %(delete_job)s
    ) FROM held
"""  # noqa: S608  # constants
_PUT_BACK = f"""{_HELD}
    SELECT procrastinate_retry_job_v2(
        id, %(retry_at)s::timestamptz, %(priority)s::int, %(queue)s::varchar, %(lock)s::varchar
    ) FROM held
"""  # noqa: S608  # constants


class FencedJobs(JobManager):
    """What is asked for a job that is no longer held is left undone."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001
        await self.connector.execute_query_async(
            _FINISH,
            job_id=job.id,
            attempts=job.attempts,
            status=status.value,
            delete_job=delete_job,
        )

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        await self.put_back(job, retry_at, priority, queue, lock)

    async def put_back(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> bool:
        """Returns whether the job was held as `job` says."""
        rows = await self.connector.execute_query_all_async(
            _PUT_BACK,
            job_id=job.id,
            attempts=job.attempts,
            retry_at=retry_at or utc_now(),
            priority=priority,
            queue=queue,
            lock=lock,
        )
        return bool(rows)

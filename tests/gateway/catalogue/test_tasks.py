"""Discovery runs as a job too."""

import asyncio
import contextlib

from procrastinate.exceptions import AlreadyEnqueued

from app.db import Address
from app.gateway import catalogue_tasks
from app.jobs import open_app
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService


async def test_the_job_asks_the_providers(
    run_service: RunService, clean_address: Address, upstream: FakeOpenAI
) -> None:
    async with run_service(LM_STUDIO_BASE_URL=upstream.base_url) as service:
        engine = open_app(clean_address.libpq, pool_size=1, tasks={"catalogue": catalogue_tasks})
        async with engine.open_async():
            # Shortly after its minute of the hour, the service has queued the same job itself.
            with contextlib.suppress(AlreadyEnqueued):
                await engine.configure_task("catalogue:discover").defer_async(timestamp=0)
        async with asyncio.timeout(20):
            while True:
                found = await service.http.get("/api/v1/models?provider=lm_studio")
                if found.json()["total"]:
                    break
                await asyncio.sleep(0.05)
    assert found.json()["total"] == 2


def test_it_is_due_every_hour_and_never_queued_twice() -> None:
    (periodic,) = catalogue_tasks.periodic_registry.periodic_tasks.values()
    minute, *rest = periodic.cron.split()
    assert minute.isdecimal()
    assert rest == ["*"] * 4
    assert periodic.task.queueing_lock is not None

"""Puts jobs into the queue, inside the transaction that makes them necessary."""

from copy import deepcopy
from typing import Protocol

import orjson
from procrastinate import App, Blueprint, PsycopgConnector
from psycopg import AsyncConnection

from app.jobs.fence import FencedJobs


class Transaction(Protocol):
    """Whose commit a job waits for; a unit of work is one."""

    @property
    def tenant_id(self) -> str: ...

    async def psycopg(self) -> AsyncConnection:
        """The connection on which it runs."""
        ...


def open_app(conninfo: str, *, pool_size: int, tasks: dict[str, Blueprint]) -> App:
    """The job engine on the database at `conninfo` (libpq's form), with every slice's tasks, each
    under its slice's name."""
    connector = PsycopgConnector(
        conninfo=conninfo,
        min_size=1,
        max_size=pool_size,
        timeout=10,
        kwargs={"connect_timeout": 5, "application_name": "parley-jobs"},
        json_dumps=lambda value: orjson.dumps(value).decode(),
        json_loads=orjson.loads,
    )
    app = App(connector=connector)
    app.job_manager = FencedJobs(connector)
    for name, blueprint in tasks.items():
        # A copy: the engine renames what it is given, and a process may open it twice.
        app.add_tasks_from(deepcopy(blueprint), namespace=name)
    return app


class JobQueue:
    def __init__(self, app: App) -> None:
        self._app = app

    async def defer(self, unit: Transaction, task: str, *, lock: str, **ids: str) -> None:
        """Queues `task` if `unit` is committed. Jobs with the same `lock` run one at a time.

        A job holds only ids: what is to be done stands where they point.
        """
        deferrer = self._app.configure_task(task, lock=lock, connection=await unit.psycopg())
        await deferrer.defer_async(tenant_id=unit.tenant_id, **ids)

"""Health answers in bounded time, whatever hangs, and asks no part twice at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

import httpx
import pytest
from starlette.types import ASGIApp

from app.web import EXCEPTION_HANDLERS, Api, BoundedCheck, Health, ModelsHealth, middleware_stack
from app.web.endpoints import router
from tests.web.conftest import Serve


class Part:
    """A part of the service that can be told how to be."""

    def __init__(self) -> None:
        self.asked = 0
        self.problem: str | None = None
        self.error: Exception | None = None
        self.hangs = False

    async def check(self) -> str | None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return self.problem


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TestBoundedCheck:
    async def test_passes_on_what_the_part_says(self) -> None:
        part = Part()
        part.problem = "not migrated"

        assert await BoundedCheck(part.check)() == "not migrated"

    async def test_is_done_with_a_part_that_hangs(self) -> None:
        part = Part()
        part.hangs = True

        assert await BoundedCheck(part.check, timeout=0.01)() == "no answer within 0.01 s"

    async def test_tells_nothing_of_an_error(self) -> None:
        part = Part()
        part.error = OSError("connection to 10.0.0.7 as parley refused")

        assert await BoundedCheck(part.check)() == "not reachable"

    async def test_asks_again_only_after_a_while(self) -> None:
        part, time = Part(), Time()
        check = BoundedCheck(part.check, kept=1.0, clock=time)

        await check()
        time.now += 0.9
        await check()
        assert part.asked == 1

        part.problem = "gone"
        time.now += 0.1
        assert await check() == "gone"
        assert part.asked == 2

    async def test_many_at_once_ask_once(self) -> None:
        part = Part()
        check = BoundedCheck(part.check)

        assert set(await asyncio.gather(*(check() for _ in range(50)))) == {None}
        assert part.asked == 1

    async def test_one_who_leaves_leaves_the_others_an_answer(self) -> None:
        part = Part()
        part.hangs = True
        check = BoundedCheck(part.check, timeout=5)
        leaving = asyncio.create_task(check())
        await asyncio.sleep(0)
        waiting = asyncio.create_task(check())
        await asyncio.sleep(0)

        part.hangs = False
        leaving.cancel()

        assert await waiting is None


class State(TypedDict):
    health: Health


@pytest.fixture
def database() -> Part:
    return Part()


@pytest.fixture
async def client(serve: Serve, database: Part) -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def lifespan(_app: ASGIApp) -> AsyncIterator[State]:
        check = BoundedCheck(database.check, timeout=0.05, kept=0)
        yield State(
            health=Health(
                app_name="Parley",
                version="1.2.3",
                database=check,
                readiness={"database": check},
                models=lambda: ModelsHealth(available=True, provider="offline"),
            )
        )

    app = Api(
        lifespan=lifespan,
        middleware=middleware_stack(cors_origins=[], body_limit_bytes=1024),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.include_router(router)
    async with serve(app) as client:
        yield client


class TestEndpoints:
    async def test_all_is_well(self, client: httpx.AsyncClient) -> None:
        alive, ready = await client.get("/livez"), await client.get("/readyz")
        report = await client.get("/api/v1/health")

        assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
        assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
        assert report.json() == {
            "status": "healthy",
            "version": "1.2.3",
            "app_name": "Parley",
            "components": {
                "llm": {"available": True, "provider": "offline"},
                "database": {"available": True},
            },
        }

    @pytest.mark.parametrize("way", ["hangs", "fails"])
    async def test_the_database_is_away(
        self, client: httpx.AsyncClient, database: Part, way: str
    ) -> None:
        database.hangs = way == "hangs"
        database.error = OSError("refused")

        alive, ready = await client.get("/livez"), await client.get("/readyz")
        report = await client.get("/api/v1/health")

        assert alive.status_code == 200
        assert ready.status_code == 503
        error = ready.json()["error"]
        assert error["code"] == "NOT_READY"
        assert [detail["field"] for detail in error["details"]] == ["database"]
        assert report.status_code == 200
        assert report.json()["status"] == "degraded"
        assert report.json()["components"]["database"] == {"available": False}

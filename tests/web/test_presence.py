import asyncio

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app.errors import NotFound
from app.web import CallerPresent


class Caller:
    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}


@pytest.fixture
def caller() -> Caller:
    return Caller()


async def test_work_for_a_caller_that_stays_is_done(caller: Caller) -> None:
    with CallerPresent(caller.receive):
        await asyncio.sleep(0.01)
        done = True

    assert done


async def test_work_for_a_caller_that_leaves_is_cancelled(caller: Caller) -> None:
    cancelled = False

    async def work() -> None:
        nonlocal cancelled
        with CallerPresent(caller.receive):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled = True
                raise

    working = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    caller.left.set()
    with pytest.raises(ClientDisconnect):
        await asyncio.wait_for(working, 30)
    assert cancelled
    assert working.cancelling() == 0


async def test_once_it_is_served_its_leaving_means_nothing(caller: Caller) -> None:
    with CallerPresent(caller.receive) as presence:
        presence.served()
        caller.left.set()
        await asyncio.sleep(0.02)


async def test_errors_are_not_swallowed(caller: Caller) -> None:
    with pytest.raises(NotFound), CallerPresent(caller.receive):
        raise NotFound("nobody here")


async def test_a_bug_stays_a_bug_also_when_nobody_waits_for_it(caller: Caller) -> None:
    async def work() -> None:
        with CallerPresent(caller.receive):
            try:
                await asyncio.Event().wait()
            finally:
                raise ZeroDivisionError

    working = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    caller.left.set()
    with pytest.raises(ZeroDivisionError):
        await working

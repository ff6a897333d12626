import asyncio

import pytest

from app.llm import ModelTimeout, Timeouts
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._failures import Failures
from app.llm.providers.registry import PROVIDERS

SILENCE = asyncio.Event


def deadlines(first: float | None = None, **seconds: float) -> Deadlines:
    return Deadlines(Timeouts(**seconds), Failures(PROVIDERS["openai"], "m"), first)


async def test_what_comes_in_time() -> None:
    assert await deadlines().wait(asyncio.sleep(0, "hello")) == "hello"


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        ({"first_token": 0.02}, "said nothing within 0.02 s"),
        ({"first": 0.03, "first_token": 0.01}, "said nothing within 0.03 s"),
        ({"total": 0.02}, "wasn't done within 0.02 s"),
    ],
)
async def test_what_does_not(waiting: dict[str, float], words: str) -> None:
    """The task that waited goes on as if it had never been cancelled."""
    with pytest.raises(ModelTimeout, match=words):
        await deadlines(**waiting).wait(SILENCE().wait())

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_between_tokens() -> None:
    watched = deadlines(idle=0.02)
    watched.heard()

    with pytest.raises(ModelTimeout, match=r"nothing more came within 0.02 s"):
        await watched.wait(SILENCE().wait())


async def test_each_token_wins_time() -> None:
    watched = deadlines(idle=0.1)
    for _ in range(5):
        watched.heard()
        await watched.wait(asyncio.sleep(0.05))


async def test_no_time_is_won_without_one() -> None:
    watched = deadlines(first_token=0.1)

    async def wait_on() -> None:
        for _ in range(5):
            await watched.wait(asyncio.sleep(0.05))

    with pytest.raises(ModelTimeout, match="said nothing"):
        await wait_on()


async def test_a_model_may_be_given_longer() -> None:
    watched = deadlines(first_token=0.02, total=0.03)
    waiting = asyncio.create_task(watched.wait(asyncio.sleep(0.06, "hello")))
    await asyncio.sleep(0)
    watched.prolong(5)

    assert await waiting == "hello"


async def test_after_the_last_word_nothing_is_waited_for_long() -> None:
    watched = deadlines(idle=0.05)
    watched.heard()
    watched.closing()

    with pytest.raises(ModelTimeout):
        await watched.wait(SILENCE().wait())


async def test_whoever_else_cancels_has_the_last_word() -> None:
    waiting = asyncio.create_task(deadlines(first_token=5).wait(SILENCE().wait()))
    await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_an_error_stays_what_it_is() -> None:
    async def fail() -> None:
        raise TimeoutError("somebody else's")

    with pytest.raises(TimeoutError, match="somebody else's"):
        await deadlines().wait(fail())

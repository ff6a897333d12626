"""When silence is too long; with no time at all to wait, so that nothing hangs on a clock."""

import asyncio

import pytest

from app.voice.live.patience import Patience


async def a_while() -> str:
    await asyncio.sleep(0.01)
    return "came"


async def test_while_nothing_is_due_silence_may_last() -> None:
    assert await Patience(first=0, idle=0).on(a_while()) == "came"


async def test_what_was_asked_for_is_due() -> None:
    patience = Patience(first=0, idle=60)
    patience.asked()
    with pytest.raises(TimeoutError):
        await patience.on(a_while())


async def test_it_may_be_asked_while_somebody_waits() -> None:
    patience = Patience(first=0, idle=60)
    waiting = asyncio.create_task(patience.on(asyncio.Event().wait()))
    await asyncio.sleep(0)
    patience.asked()
    with pytest.raises(TimeoutError):
        await waiting


async def test_after_a_sound_the_text_may_take_its_time_until_it_is_all_there() -> None:
    patience = Patience(first=60, idle=0)
    patience.asked()
    patience.heard()
    assert await patience.on(a_while()) == "came"
    patience.asked(last=True)
    with pytest.raises(TimeoutError):
        await patience.on(a_while())


async def test_the_end_is_due_after_the_last_sound_too() -> None:
    patience = Patience(first=60, idle=0)
    patience.asked(last=True)
    patience.heard()
    with pytest.raises(TimeoutError):
        await patience.on(a_while())

"""Judgements take turns."""

import asyncio

import pytest

from app.analysis.spacing import Spacing


async def test_one_at_a_time_with_a_breath_after_each() -> None:
    spacing, told = Spacing(0.01), list[str]()

    async def one(name: str) -> None:
        async with spacing.one():
            told.append(f"{name} begins")
            await asyncio.sleep(0)
            told.append(f"{name} ends")
        asyncio.get_running_loop().call_soon(told.append, f"{name} went on")

    await asyncio.gather(*map(one, "abc"))
    await asyncio.sleep(0)

    assert told == [f"{name} {what}" for name in "abc" for what in ("begins", "ends", "went on")]


async def test_a_turn_that_fails_is_over() -> None:
    spacing = Spacing(0)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with spacing.one(), asyncio.timeout(0):
                await asyncio.sleep(1)

"""An answer is stopped from another process than the one that makes it."""

import asyncio

import pytest

from app.db import Address
from tests.crash.chats import WORDS, asked, data, settings, stopped, text, upstream, whole
from tests.crash.log import rows, until
from tests.crash.processes import PATIENCE_SECONDS, Processes

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("where", ["here", "there"])
async def test_it_is_stopped_and_the_part_that_was_said_is_kept(
    processes: Processes, clean_address: Address, where: str
) -> None:
    patient = {"WORKER_HEARTBEAT_INTERVAL": "600", "WORKER_STALLED_AFTER": "3600"}
    async with upstream() as fake:
        maker = await processes.serve(**settings(fake, **patient))
        other = await processes.serve(**settings(fake, **patient))
        async with asked(maker.url) as following:
            await following.until(10)
            generation_id = following.generation_id
            asker = maker if where == "here" else other
            state = await stopped(asker.url, generation_id)
            frames = await following.rest()
        assert (state["status"], state["finish_reason"]) == ("stopped", "stopped")
        assert data(frames[-1])["finish_reason"] == "stopped"
        said = text(frames)
        assert said
        assert len(said) < len(WORDS)
        assert WORDS.startswith(said)
        assert await whole(other.url, generation_id) == frames
        await until(clean_address, "SELECT FROM llm_calls WHERE status = 'cancelled'")
        made = next(each for each in fake.requests if each.path.endswith("/completions"))
        await asyncio.wait_for(made.hung_up(), PATIENCE_SECONDS)
    [message] = rows(clean_address, "SELECT content, status FROM messages WHERE role = 'assistant'")
    assert message == (said, "stopped")

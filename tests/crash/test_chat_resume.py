"""An answer that one process makes, read from another at every index, live, later and after the
first was killed."""

import asyncio

import httpx
import pytest

from app.db import Address
from app.kit.sse import Frame
from tests.crash.chats import WORDS, asked, data, followed, settings, text, upstream, whole
from tests.crash.log import rows, until
from tests.crash.processes import PATIENCE_SECONDS, Processes

pytestmark = pytest.mark.crash


def _is_whole(frames: list[Frame]) -> None:
    """Every event once, in order, up to an end."""
    assert [frame.event_id for frame in frames] == [str(n + 1) for n in range(len(frames))]
    assert [frame.event for frame in frames].count("start") == 1
    assert frames[-1].event in ("done", "error")
    assert {"done", "error"}.isdisjoint(frame.event for frame in frames[:-1])


async def test_from_every_index_in_another_process(processes: Processes) -> None:
    async with upstream() as fake:
        maker = await processes.serve(**settings(fake))
        other = await processes.serve(**settings(fake))
        async with asked(maker.url) as following, asyncio.TaskGroup() as group:
            await following.until(1)
            generation_id = following.generation_id
            live = []
            for place in range(1, 40, 3):
                await following.until(place)
                seen = following.frames[place - 1].event_id
                live.append((seen, group.create_task(whole(other.url, generation_id, seen))))
            frames = await following.rest()
        _is_whole(frames)
        assert text(frames) == WORDS
        for seen, task in live:
            assert task.result() == frames[int(seen) :]
        for url in (maker.url, other.url):
            for place in range(0, len(frames) + 1, 3):
                assert await whole(url, generation_id, str(place)) == frames[place:]


async def test_a_reader_that_leaves_stops_nothing(processes: Processes) -> None:
    async with upstream(delay=0.005) as fake:
        running = await processes.serve(**settings(fake))
        async with asked(running.url) as following:
            await following.until(5)
            seen, before = following.generation_id, list(following.frames)
        frames = await whole(running.url, seen)
        _is_whole(frames)
        assert frames[: len(before)] == before
        assert text(frames) == WORDS


async def test_killed_nothing_that_was_shown_is_lost(
    processes: Processes, clean_address: Address
) -> None:
    async with upstream() as fake:
        maker = await processes.serve(**settings(fake))
        other = await processes.serve(**settings(fake))
        async with asked(maker.url) as following:
            await following.until(20)
            generation_id = following.generation_id
            async with followed(other.url, generation_id) as watching:
                await watching.until(10)
                await maker.kill()
                shown = await following.rest()
                frames = await watching.rest()
        _is_whole(frames)
        assert frames[: len(shown)] == shown, "what was shown is kept"
        assert data(frames[-1])["error_code"] == "GENERATION_LOST"
        assert data(frames[-1])["retryable"] is True
        said = text(frames)
        assert WORDS.startswith(said)
        restarted = await processes.serve(**settings(fake))
        for place in range(0, len(frames) + 1, 3):
            assert await whole(restarted.url, generation_id, str(place)) == frames[place:]
        [message] = rows(
            clean_address, "SELECT content, status FROM messages WHERE role = 'assistant'"
        )
        assert message == (said, "failed")
        conversation_id = data(frames[0])["conversation_id"]
        async with asked(restarted.url, conversation_id=conversation_id) as again:
            _is_whole(await again.rest())
        assert text(again.frames) == WORDS, "a new answer on request"


async def test_restarted_alone_it_ends_what_it_left(processes: Processes) -> None:
    """The reader comes back before the dead process is taken for dead."""
    async with upstream() as fake:
        maker = await processes.serve(**settings(fake))
        async with asked(maker.url) as following:
            await following.until(10)
            await maker.kill()
            shown = await following.rest()
        restarted = await processes.serve(**settings(fake))
        place = shown[-1].event_id
        rest = await whole(restarted.url, following.generation_id, place)
        _is_whole([*shown, *rest])
        assert data(rest[-1])["error_code"] == "GENERATION_LOST"


async def test_a_frozen_process_that_wakes_up_has_lost(
    processes: Processes, clean_address: Address
) -> None:
    async with upstream(delay=0.1) as fake:  # far from its end while the process is frozen
        frozen = await processes.serve(**settings(fake))
        other = await processes.serve(**settings(fake))
        async with asked(frozen.url) as following:
            await following.until(10)
            frozen.freeze()
            frames = await whole(other.url, following.generation_id)
            frozen.wake()
            assert await following.rest() == frames, "both show the same end"
        _is_whole(frames)
        await frozen.says("generation.overtaken")
        assert await whole(frozen.url, following.generation_id) == frames
        await until(clean_address, "SELECT FROM llm_calls WHERE status = 'cancelled'")
        fake.token_delay = 0.005
        async with asked(frozen.url) as again:
            assert text(await again.rest()) == WORDS
    assert "Traceback" not in frozen.said


async def test_at_shutdown_it_is_broken_off_and_says_so(processes: Processes) -> None:
    async with upstream(delay=0.2) as fake:
        maker = await processes.serve(**settings(fake, WORKER_STALLED_AFTER="3600"))
        other = await processes.serve(**settings(fake, WORKER_STALLED_AFTER="3600"))
        async with asked(maker.url) as following:
            await following.until(3)
            async with followed(other.url, following.generation_id) as watching:
                maker.process.terminate()
                frames = await watching.rest()
                assert await maker.ended(10) == 0
        _is_whole(frames)
        assert data(frames[-1])["error_code"] == "SERVER_CLOSING"
        assert data(frames[-1])["retryable"] is True


async def test_many_at_once_from_both_sides(processes: Processes) -> None:
    async with upstream(delay=0.01) as fake:
        maker = await processes.serve(**settings(fake))
        other = await processes.serve(**settings(fake))

        async def one() -> None:
            async with asked(maker.url) as following:
                await following.until(1)
                there = await whole(other.url, following.generation_id)
                assert await following.rest() == there
                _is_whole(there)
                assert text(there) == WORDS

        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            for _ in range(15):
                group.create_task(one())
        async with httpx.AsyncClient(base_url=other.url) as client:
            assert (await client.get("/livez")).status_code == 200

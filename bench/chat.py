"""A thousand conversations at once, each answered at the pace of a model."""

import asyncio
from pathlib import Path

from bench.chat_upstream import RATE, TOKENS
from bench.figure import Figure, below
from bench.gateway import apart, cpu_seconds, resident_mb
from bench.processes import Process, chat_upstream, data_folder, served
from bench.talk import Talk, talk

STREAMS = 1000
_RAMP = 20.0
"""Seconds over which they begin."""
_ALL_TALK = TOKENS / RATE - 1
"""Seconds after which all have begun, and none has ended."""
_SETTLED = 2.0
_PER_STREAM_KB = 60


async def chat() -> list[Figure]:
    with chat_upstream() as upstream, data_folder() as folder:
        settings = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": upstream}
        with served(folder, **settings) as process:
            apart(process.pid)
            await _converse(process, 50)
            await asyncio.sleep(_SETTLED)
            return await _measured(process)


async def _measured(process: Process) -> list[Figure]:
    idle, files, cpu = resident_mb(process.pid), _files(process.pid), cpu_seconds(process.pid)
    talking = asyncio.create_task(_converse(process, STREAMS))
    await asyncio.sleep(_ALL_TALK)
    each = (resident_mb(process.pid) - idle) * 1024 / STREAMS
    talks, whole = await talking
    used = cpu_seconds(process.pid) - cpu
    left = await _files_left(process, files)
    delays = sorted(delay / 1000 for each in talks for delay in each.delays)
    heard = len(delays)
    p50, p99 = delays[heard // 2], delays[heard * 99 // 100]
    return [
        Figure(
            f"answers of {STREAMS} at once that came whole and in order",
            str(whole),
            str(STREAMS),
            whole == STREAMS,
        ),
        Figure("… tokens lost", str(STREAMS * TOKENS - heard), "0", heard == STREAMS * TOKENS),
        Figure("… delay added to a token, p50 / p99", f"{p50:.0f} / {p99:.0f} ms"),
        Figure("… processor time of 1000 tokens", f"{used / heard * 1e6:.0f} ms"),
        below("… memory of a stream", each, _PER_STREAM_KB, unit=" KB", digits=0),
        Figure("… files left open", str(left), "0", left == 0),
    ]


async def _converse(process: Process, count: int) -> tuple[list[Talk], int]:
    """`count` conversations, and how many of them got all of their answer."""

    async def one(number: int) -> Talk:
        await asyncio.sleep(_RAMP * number / count)
        said = await talk(process.url, f"Question {number}: what does a thousand cost?")
        await said.done
        return said

    talks = await asyncio.gather(*map(one, range(count)))
    return talks, sum(each.done.result() and len(each.delays) == TOKENS for each in talks)


def _files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


async def _files_left(process: Process, before: int) -> int:
    """More than before: connections to vendors and database are kept for a while."""
    for _ in range(120):
        if (left := _files(process.pid) - before) <= 0:
            break
        await asyncio.sleep(0.5)
    return max(0, left)

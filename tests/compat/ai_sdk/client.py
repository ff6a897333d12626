"""Chats of the AI SDK's own client, in a process of Node."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

State = dict[str, Any]

_SECONDS = 20.0
_LINE = 8 * 1024 * 1024
_keys = count()


class Client:
    """A program with any number of chats in it; one thing is done at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._busy = asyncio.Lock()

    async def do(self, act: str, **given: object) -> State:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._busy:
            self._process.stdin.write(json.dumps({"act": act, **given}).encode() + b"\n")
            async with asyncio.timeout(_SECONDS):
                line = await self._process.stdout.readline()
        state: State = json.loads(line)
        assert "failed" not in state, state["failed"]
        return state

    async def open(self, chat: str, **options: object) -> "Chat":
        """A chat as a page makes it when it is loaded."""
        key = str(next(_keys))
        await self.do("open", key=key, id=chat, **options)
        return Chat(self, key)


class Chat:
    def __init__(self, client: Client, key: str) -> None:
        self._client = client
        self._key = key

    async def do(self, act: str, **given: object) -> State:
        return await self._client.do(act, key=self._key, **given)

    async def say(self, text: str, **options: object) -> State:
        """Sends it, and waits until the answer has ended."""
        await self.do("send", message={"text": text}, **options)
        return await self.do("settled")


@asynccontextmanager
async def running(program: Path) -> AsyncIterator[Client]:
    process = await asyncio.create_subprocess_exec(
        "node",
        str(program),
        cwd=program.parent,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE,
    )
    try:
        yield Client(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.kill()
        await process.wait()

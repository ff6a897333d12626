"""The service in processes of its own, started as a user starts it, and ended as nobody should."""

import asyncio
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60.0
"""For whatever a process is waited for; only a broken one takes so long."""

_ADDRESS = re.compile(r"^Console +(http://[^/\s]+)/$", re.MULTILINE)
_QUICK = {
    "PORT": "0",
    "WORKER_HEARTBEAT_INTERVAL": "0.5",
    "WORKER_STALLED_AFTER": "2",
    "LOG_FORMAT": "json",
}
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Running:
    """A process; `url` is empty for one that serves nothing."""

    process: asyncio.subprocess.Process
    output: Path
    url: str = ""

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    async def kill(self) -> None:
        self.process.kill()
        await self.ended()

    async def terminate(self) -> int:
        """Asks it to end, and returns its exit code."""
        self.process.terminate()
        return await self.ended()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def ended(self, seconds: float = PATIENCE_SECONDS) -> int:
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    async def says(self, pattern: str) -> str:
        """Waits for this in its output, and returns the first group of it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (found := re.search(pattern, self.said, re.MULTILINE)) is None:
                if self.process.returncode is not None:
                    raise AssertionError(f"ended with {self.process.returncode}:\n{self.said}")
                await asyncio.sleep(0.02)
        return found[1] if found.lastindex else found[0]


class Processes:
    """Starts processes, all with `environment`, and ends what is left of them."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._folder = folder
        self._environment = environment
        self._started: list[Running] = []

    async def serve(self, **environment: str) -> Running:
        """Returns when it serves."""
        started = await self.start("serve", **environment)
        url = await started.says(_ADDRESS.pattern)
        running = Running(started.process, started.output, url)
        self._started[-1] = running
        return running

    async def work(self, **environment: str) -> Running:
        """A worker without the web part. Returns when it works."""
        started = await self.start("worker", **environment)
        await started.says(r"worker\.ready")
        return started

    async def start(self, command: str, **environment: str) -> Running:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        told = {**_QUICK, **self._environment, **environment}
        output = self._folder / f"{len(self._started)}-{command}.log"
        with output.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app", command,
                cwd=self._folder,
                env={**inherited, "PYTHONPATH": str(ROOT), **told},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )  # fmt: skip
        running = Running(process, output)
        self._started.append(running)
        return running

    async def aclose(self) -> None:
        for running in self._started:
            if running.process.returncode is None:
                running.process.kill()
                await running.process.wait()

    @property
    def running(self) -> list[Running]:
        return [r for r in self._started if r.process.returncode is None]

    def report(self) -> str:
        """The end of what each one said."""
        return "\n".join(f"--- {r.output.name}\n{r.said[-6000:]}" for r in self._started)

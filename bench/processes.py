"""The processes of a benchmark: the service as a user starts it, and the vendor it asks."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from httpx_aiohttp import HttpxAiohttpClient

_READY = "Console"


@contextmanager
def vendor(latency: float) -> Iterator[str]:
    """A model vendor that answers after `latency` seconds; gives its base address."""
    with _running([sys.executable, "-m", "bench.upstream", str(latency)], {}) as process:
        yield _line(process)


@contextmanager
def service(**environment: str) -> Iterator[str]:
    """The service with a database of its own; gives its address."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        settings = {"DATA_DIR": folder, "PORT": "0", "LOG_LEVEL": "WARNING", **environment}
        with _running([sys.executable, "-m", "app", "serve"], settings) as process:
            line = _line(process)
            while not line.startswith(_READY):
                line = _line(process)
            yield line.split()[-1].rstrip("/")


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _line(process: "subprocess.Popen[str]") -> str:
    if process.stdout is None or not (line := process.stdout.readline()):
        raise RuntimeError("the process ended before it was ready")
    return line.strip()


def client(url: str) -> httpx.AsyncClient:
    return HttpxAiohttpClient(base_url=url, timeout=httpx.Timeout(120), limits=httpx.Limits())


async def cpu_seconds(process_id: int) -> float:
    stat = await asyncio.to_thread(Path(f"/proc/{process_id}/stat").read_text)
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

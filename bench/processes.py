"""The processes of a benchmark: the service as a user starts it, and the vendor it asks."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

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
    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2))

    transport = AiohttpTransport(client=session)
    return httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(120), transport=transport)

"""The processes of a benchmark: the service as a user starts it, and the vendor it asks."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

_READY = "Console"


@dataclass(frozen=True, slots=True)
class Process:
    """`started` is how many seconds it took until it served."""

    url: str
    pid: int
    started: float = 0.0


@contextmanager
def gateway_upstream() -> Iterator[str]:
    """A model vendor for measuring what stands in front of it; gives its base address."""
    with _running([sys.executable, "-m", "bench.gateway_upstream"], {}) as process:
        yield _line(process)


@contextmanager
def chat_upstream() -> Iterator[str]:
    """A model vendor that talks at the pace of a model; gives its base address."""
    with _running([sys.executable, "-m", "bench.chat_upstream"], {}) as process:
        yield _line(process)


@contextmanager
def faulty_partner(fault: str) -> Iterator[str]:
    """A partner that hangs, is broken or talks garbage; gives its address."""
    with _running([sys.executable, "-m", "bench.partner", fault], {}) as process:
        yield _line(process)


@contextmanager
def passthrough(upstream: str) -> Iterator[Process]:
    with _running([sys.executable, "-m", "bench.passthrough", upstream], {}) as process:
        yield Process(_line(process), process.pid)


@contextmanager
def vendor(latency: float) -> Iterator[str]:
    """A model vendor that answers after `latency` seconds; gives its base address."""
    with _running([sys.executable, "-m", "bench.upstream", str(latency)], {}) as process:
        yield _line(process)


@contextmanager
def data_folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        yield folder


@contextmanager
def service(**environment: str) -> Iterator[str]:
    """The service with a database of its own; gives its address."""
    with data_folder() as folder, served(folder, LOG_LEVEL="WARNING", **environment) as process:
        yield process.url


@contextmanager
def served(folder: str, **environment: str) -> Iterator[Process]:
    """The service with its data in `folder`. It logs as it does by itself, to nowhere."""
    settings = {"DATA_DIR": folder, "PORT": "0", **environment}
    begun = time.perf_counter()
    with _running([sys.executable, "-m", "app", "serve"], settings) as process:
        line = _line(process)
        while not line.startswith(_READY):
            line = _line(process)
        yield Process(line.split()[-1].rstrip("/"), process.pid, time.perf_counter() - begun)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("BENCH_LOGS") else subprocess.DEVNULL,
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

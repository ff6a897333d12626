"""`python -m app discover` and `benchmark`, as somebody types them."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.db import Address
from app.settings import all_variables
from tests.fakes.openai_wire import FakeOpenAI

ROOT = Path(__file__).parent.parent.parent.parent
NOBODY = "http://127.0.0.1:9/v1"


@dataclass(frozen=True)
class Done:
    code: int | None
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """Runs commands in an empty folder, on the tests' database."""

    folder: Path
    address: Address

    async def run(self, *arguments: str, **settings: str) -> Done:
        ours = {variable.name for variable in all_variables()}
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "app", *arguments),
            cwd=self.folder,
            env={
                **inherited,
                "PYTHONPATH": str(ROOT),
                "DATABASE_URL": self.address.libpq,
                "LOG_LEVEL": "ERROR",
                **settings,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        return Done(process.returncode, out.decode(), err.decode())


@pytest.fixture
def shell(tmp_path: Path, clean_address: Address) -> Shell:
    return Shell(tmp_path, clean_address)


async def test_discover_tells_totals_and_what_went_wrong(
    shell: Shell, upstream: FakeOpenAI
) -> None:
    done = await shell.run(
        "discover",
        OPENROUTER_API_KEY="sk-canary",
        OPENROUTER_BASE_URL=NOBODY,
        GROQ_API_KEY="sk-canary",
        GROQ_BASE_URL=upstream.base_url,
    )
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[:4] == [
        "total_models  32",
        "free_models   18",
        "providers     4",
        "benchmarked   0",
    ]
    assert lines[4].startswith("  openrouter  failed: OpenRouter can't be reached")
    assert lines[5] == "  groq        2 listed, 2 new"
    assert "canary" not in done.out + done.err


async def test_discover_fails_when_every_provider_does(shell: Shell) -> None:
    done = await shell.run("discover", GROQ_API_KEY="sk-canary", GROQ_BASE_URL=NOBODY)
    assert done.code == 1
    assert "groq        failed" in done.out


async def test_benchmark_tells_how_each_did(shell: Shell, upstream: FakeOpenAI) -> None:
    done = await shell.run(
        *("benchmark", "--top", "1", "--task", "analysis"),
        GROQ_API_KEY="sk-canary",
        GROQ_BASE_URL=upstream.base_url,
    )
    assert done.code == 0, done.err
    assert done.out.startswith("groq:fake-large  analysis    score 0.00  first token ")


async def test_benchmark_knows_its_tasks(shell: Shell) -> None:
    done = await shell.run("benchmark", "--task", "singing")
    assert done.code == 2
    assert done.err == "tasks should be of coding, database, analysis, extraction, got 'singing'\n"

"""The commands, as somebody types them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.settings import all_variables

ROOT = Path(__file__).parent.parent
COMMANDS = ("serve", "worker", "migrate", "check-config", "openapi")


class Shell:
    """Runs commands in an empty folder, with no setting but those given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def environment(self, **settings: str) -> dict[str, str]:
        ours = {variable.name for variable in all_variables()}
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        return {**inherited, "PYTHONPATH": str(ROOT), "TERM": "dumb", **settings}

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=self.folder,
            env=self.environment(**settings),
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        with (self.folder / "stderr").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", *arguments],
                cwd=self.folder,
                env=self.environment(**settings),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.started.append(process)
        return process

    @property
    def log(self) -> str:
        return (self.folder / "stderr").read_text()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    for process in shell.started:
        process.kill()
        process.communicate()


class TestHelp:
    def test_names_every_command(self, shell: Shell) -> None:
        done = shell.run("--help")

        assert done.returncode == 0
        assert all(command in done.stdout for command in COMMANDS)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_has_its_own(self, shell: Shell, command: str) -> None:
        done = shell.run(command, "--help")

        assert done.returncode == 0
        assert f"Usage: python -m app {command}" in done.stdout

    def test_loads_nothing_heavy(self, shell: Shell) -> None:
        code = (
            "import sys, app.commands.parser; print(sorted({'fastapi', 'sqlalchemy', 'pydantic', "
            "'app.settings', 'uvicorn'} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=shell.environment(),
            capture_output=True,
            text=True,
            check=True,
        )

        assert done.stdout.strip() == "[]"


class TestCheckConfig:
    def test_fine(self, shell: Shell) -> None:
        done = shell.run("check-config", OPENAI_API_KEY="sk-canary")

        assert done.returncode == 0
        assert "The settings are fine." in done.stdout
        assert "openai" in done.stdout
        assert "canary" not in done.stdout + done.stderr

    def test_wrong(self, shell: Shell) -> None:
        (shell.folder / ".env").write_text("MIN_ROUNDS=0\nOPENAI_API_KEY=two canaries\n")

        done = shell.run("check-config", PORT="http")

        assert done.returncode == 2
        assert done.stderr.splitlines() == [
            "3 settings are wrong:",
            "  PORT='http' should be a valid integer, unable to parse string as an integer;"
            " try PORT=8000",
            "  MIN_ROUNDS='0' should be greater than or equal to 1; try MIN_ROUNDS=2",
            "  OPENAI_API_KEY=*** should be one word of printable ASCII, as the vendor gave it;"
            " try OPENAI_API_KEY=sk-change-me",
        ]

    @pytest.mark.parametrize("command", ["serve", "worker", "migrate", "openapi"])
    def test_no_command_starts_with_a_wrong_setting(self, shell: Shell, command: str) -> None:
        done = shell.run(command, PORT="http")

        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("1 setting is wrong:\n  PORT='http'")
        assert "Traceback" not in done.stderr


class TestOpenapi:
    def test_prints_json(self, shell: Shell) -> None:
        done = shell.run("openapi")

        assert json.loads(done.stdout)["openapi"].startswith("3.")

    def test_or_writes_a_file(self, shell: Shell) -> None:
        printed = shell.run("openapi").stdout
        done = shell.run("openapi", "--output", "api.json")

        assert done.stdout == ""
        assert (shell.folder / "api.json").read_text() == printed

    @pytest.mark.parametrize("output", ["nowhere/api.json", "."])
    def test_a_file_that_cannot_be_written_is_told_in_a_sentence(
        self, shell: Shell, output: str
    ) -> None:
        done = shell.run("openapi", "-o", output)

        assert (done.returncode, done.stdout) == (1, "")
        (told,) = done.stderr.splitlines()
        assert told.startswith(f"can't write '{output}': ")


class TestMigrate:
    def test_a_second_time_does_nothing(self, shell: Shell) -> None:
        first, second = shell.run("migrate"), shell.run("migrate")

        assert "; it was at None." in first.stdout
        assert "; it was at" not in second.stdout
        assert second.stdout.startswith("The schema is at ")

    def test_a_database_that_is_away_is_told_in_a_sentence(self, shell: Shell) -> None:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        address = f"postgresql://parley:canary@127.0.0.1:{port}/parley"

        done = shell.run("migrate", DATABASE_URL=address)

        assert done.returncode == 2
        assert "the database can't be used" in done.stderr
        assert "Check DATABASE_URL" in done.stderr
        assert "canary" not in done.stderr
        assert "Traceback" not in done.stderr


class TestServe:
    def test_a_taken_port(self, shell: Shell) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])

            done = shell.run("serve", PORT=port)

        assert (done.returncode, done.stdout) == (2, "")
        assert f"can't listen on 127.0.0.1:{port}" in done.stderr
        assert "PORT=8001" in done.stderr

    @pytest.mark.crash
    @pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
    def test_prints_where_it_is_and_stops_in_order(
        self, shell: Shell, stop: signal.Signals
    ) -> None:
        process = shell.start("serve", PORT="0")
        assert process.stdout is not None
        name, console = process.stdout.readline().split()
        about = process.stdout.readline().split()

        assert name == "Console"
        assert about == ["API", "description", f"{console}docs"]
        assert httpx.get(f"{console}readyz").json() == {"status": "ready"}
        assert "server" not in httpx.get(f"{console}livez").headers

        process.send_signal(stop)

        assert process.wait(timeout=30) == 0
        assert "Traceback" not in shell.log

    def test_a_database_that_is_away_is_told_in_a_sentence(self, shell: Shell) -> None:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]

        done = shell.run("serve", PORT="0", DATABASE_URL=f"postgresql://me@127.0.0.1:{port}/x")

        assert done.returncode == 2
        assert "the database can't be used" in done.stderr
        assert "Traceback" not in done.stderr


class TestWorker:
    @pytest.mark.crash
    @pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
    def test_stops_in_order(self, shell: Shell, stop: signal.Signals) -> None:
        process = shell.start("worker")
        while "worker.ready" not in shell.log:
            assert process.poll() is None, shell.log
            time.sleep(0.05)

        process.send_signal(stop)

        assert process.wait(timeout=30) == 0
        assert "Traceback" not in shell.log

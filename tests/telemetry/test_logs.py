"""Logs: one valid line each, with what is bound to the context, and never a secret.

Logging is set up for a whole process, so each case runs in one of its own.
"""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.telemetry.secrets import _SECRET_TEXT, MASK, mask_secrets, masked


def run(code: str, *, level: str = "INFO", log_format: str | None = "json") -> str:
    """What a process that sets up logs and runs `code` writes on standard error."""
    start = "import logging, structlog\nfrom app.telemetry import configure_logs\n"
    configure = f"configure_logs({level!r}, {log_format!r})\nlog = structlog.get_logger()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + configure + code],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == ""
    return done.stderr


def lines(code: str, *, level: str = "INFO") -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(code, level=level).splitlines()]


class TestForm:
    def test_a_line_is_json_off_a_terminal(self) -> None:
        (line,) = [
            json.loads(text) for text in run("log.info('a.b')", log_format=None).splitlines()
        ]

        assert line["event"] == "a.b"
        assert line["level"] == "info"
        assert line["timestamp"].endswith("Z")

    def test_console_is_for_people(self) -> None:
        assert "a.b" in run("log.info('a.b', count=3)", log_format="console")

    def test_every_line_tells_what_is_bound(self) -> None:
        bound = "with structlog.contextvars.bound_contextvars(request_id='r', run_id='n'):\n"

        ours, library = lines(
            f"{bound}    log.info('ours')\n    logging.getLogger('library').warning('theirs')"
        )

        for line in (ours, library):
            assert (line["request_id"], line["run_id"]) == ("r", "n")
        assert library["logger"] == "library"

    def test_the_level_holds_for_all(self) -> None:
        code = "log.info('a')\nlogging.getLogger('x').info('b')\nlog.warning('c')"

        assert [line["event"] for line in lines(code, level="WARNING")] == ["c"]

    @pytest.mark.parametrize("name", ["httpx", "httpx2", "anthropic", "google_genai.models"])
    def test_chatty_libraries_are_quiet(self, name: str) -> None:
        assert lines(f"logging.getLogger('{name}').info('GET https://api/?key=1')") == []

    def test_what_has_no_json_form_is_still_a_valid_line(self) -> None:
        code = "log.info('a', b='\\ud800', c=float('nan'), d={1: object}, e=b'\\xff')"

        (line,) = lines(code)
        assert line["event"] == "a"

    def test_an_exception_is_told_without_local_variables(self) -> None:
        code = (
            "def fail():\n"
            "    hidden = 'canary' * 2\n"
            "    raise ValueError('why')\n"
            "try:\n"
            "    fail()\n"
            "except ValueError:\n"
            "    log.exception('ours')\n"
            "    logging.getLogger('x').exception('theirs')\n"
        )

        told = lines(code)
        for line in told:
            assert "ValueError: why" in line["exception"]
            assert "canarycanary" not in line["exception"]
        assert [line["event"] for line in told] == ["ours", "theirs"]


SECRET = "canary-7f3a9c"


class TestSecrets:
    @pytest.mark.parametrize(
        "value",
        [
            SecretStr(SECRET),
            f"Authorization: Bearer {SECRET}",
            f"bearer {SECRET}",
            f"postgresql+psycopg://parley:{SECRET}@db/parley",
            f"https://api.example/v1?api_key={SECRET}&page=2",
            f"password={SECRET}",
            f"key sk-{SECRET} was refused",
            {"headers": {"authorization": f"Basic {SECRET}"}},
            [{"api_key": SECRET}],
            ("a", f"sk-or-v1-{SECRET}"),
        ],
    )
    def test_is_masked_by_type_and_by_look(self, value: object) -> None:
        assert SECRET not in str(masked(value))

    @pytest.mark.parametrize(
        "key",
        [
            "api_key",
            "OPENAI_API_KEY",
            "apikey",
            "token",
            "access_token",
            "password",
            "secret",
            "authorization",
            "cookie",
            "database_url",
            "sentry_dsn",
        ],
    )
    def test_is_masked_by_the_name_of_its_key(self, key: str) -> None:
        assert mask_secrets(None, "info", {key: SECRET}) == {key: MASK}

    @pytest.mark.parametrize(
        "key", ["tokens", "prompt_tokens", "first_token_ms", "max_tokens", "token_count"]
    )
    def test_counts_of_tokens_stay(self, key: str) -> None:
        assert mask_secrets(None, "info", {key: 17}) == {key: 17}

    def test_what_stands_around_it_stays(self) -> None:
        address = f"postgresql://parley:{SECRET}@db:5432/parley"

        assert masked(address) == "postgresql://parley:***@db:5432/parley"

    def test_in_an_exception_too(self) -> None:
        code = (
            "try:\n"
            f"    raise ValueError('sk-{SECRET}')\n"
            "except ValueError:\n"
            "    log.exception('ours')\n"
            "    logging.getLogger('x').exception('theirs: %s', 'Bearer " + SECRET + "')\n"
        )

        assert SECRET not in run(code).replace(f"raise ValueError('sk-{SECRET}')", "")

    @given(before=st.text(), secret=st.from_regex(_SECRET_TEXT), after=st.text())
    def test_a_glance_overlooks_nothing(self, before: str, secret: str, after: str) -> None:
        text = f"{before}{secret}{after}"

        assert MASK in masked(text) or not _SECRET_TEXT.search(text)

    @given(text=st.text())
    def test_masking_is_done_once(self, text: str) -> None:
        assert masked(masked(text)) == masked(text)

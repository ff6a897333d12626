"""Our errors in OpenAI's shape."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.compat.openai.errors import _KINDS, _REFUSALS, error_frame, render_openai_error, told
from app.errors import AppError, Conflict, FieldIssue, InvalidInput
from app.llm import (
    Attempt,
    BudgetExceeded,
    ChainExhausted,
    FreeModelsExhausted,
    LLMError,
    ModelRef,
    ModelTimeout,
    RateLimited,
    RequestRefused,
    UnknownModel,
)
from app.web import InternalError
from tests.docs.pages import DOCS

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
PAGE = (DOCS / "reference" / "errors.md").read_text("utf-8").partition("On the OpenAI wire")[2]
ROWS = {
    (int(status), kind, code)
    for status, kind, code in re.findall(r"^\| (\d+) \| `(\w+)` \| `(\w+)` \|", PAGE, re.MULTILINE)
}


def body(error: AppError) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(bytes(render_openai_error(error, NOW).body))["error"]
    return content


def chain(cause: LLMError) -> ChainExhausted:
    tries = tuple(
        Attempt(ModelRef("openai", name), cause.code, f"{name} failed", 5) for name in ("a", "b")
    )
    return ChainExhausted(tries, cause)


@pytest.mark.parametrize("told", [found for _, found in _KINDS] + list(_REFUSALS.values()))
def test_every_kind_stands_in_the_reference(told: Any) -> None:
    assert (told.status, told.type, told.code) in ROWS


@pytest.mark.parametrize(
    "error", [InternalError(), InvalidInput("x"), Conflict("x"), UnknownModel("x")]
)
def test_the_form(error: AppError) -> None:
    assert set(body(error)) == {"message", "type", "code", "param"}
    assert error_frame(error) == b"data: %b\n\n" % bytes(render_openai_error(error, NOW).body)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_a_vendors_refusal_keeps_its_status(status: int) -> None:
    refused = RequestRefused("no", upstream_status=status)

    assert told(refused).status == told(chain(refused)).status == status


@pytest.mark.parametrize("status", [405, 409, 410, 418, 451])
def test_any_other_refusal_is_a_bad_gateway(status: int) -> None:
    assert told(RequestRefused("no", upstream_status=status)).status == 502


def test_a_chain_is_told_by_its_cause_and_names_every_try() -> None:
    error = chain(ModelTimeout("late"))

    assert told(error).status == 504
    assert "openai:a" in body(error)["message"]
    assert "openai:b" in body(error)["message"]


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RateLimited("slow down", retry_after=6.2), "7"),
        (chain(RateLimited("slow down", retry_after=6.2)), "7"),
        (RateLimited("slow down"), None),
        (FreeModelsExhausted("none left", retry_after=60), "60"),
        (BudgetExceeded("used up", resets_at=NOW + timedelta(hours=1)), "3600"),
        (BudgetExceeded("used up", resets_at=NOW - timedelta(hours=1)), "0"),
        (UnknownModel("who?"), None),
    ],
)
def test_when_to_come_back(error: AppError, seconds: str | None) -> None:
    assert render_openai_error(error, NOW).headers.get("retry-after") == seconds


def test_a_budget_says_when_it_starts_anew() -> None:
    error = BudgetExceeded("the budget is used up", resets_at=NOW)

    assert told(error).status == 402
    assert "2026-01-31T12:00:00.000000Z" in body(error)["message"]


def test_the_first_bad_field_is_the_param() -> None:
    issues = (FieldIssue("messages.0.role", "is required"), FieldIssue("model", "is odd"))

    assert body(InvalidInput("x", details=issues))["param"] == "messages.0.role"


def test_what_cannot_be_written_is_replaced() -> None:
    assert body(InvalidInput("a \ud800 b"))["message"] == "a ? b"

"""Whose words say that a prompt was too long, and how long it may be."""

import json

import pytest

from app.llm.providers._error_body import read_error
from app.llm.providers._overflow import overflow_in

TOO_LONG = [
    ("This model's maximum context length is 8192 tokens. However, you requested 9000", 8192),
    ("This endpoint's maximum context length is 131072 tokens. However, you requested", 131072),
    ("This model's maximum prompt length is 131072 but the request contains 137000 tokens", 131072),
    ("prompt is too long: 215029 tokens > 200000 maximum", 200000),
    ("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
     1048576),
    ("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", 32768),
    ("request (5,000 tokens) exceeds the available context size (4,096 tokens)", 4096),
    ("the request exceeds the available context size, try increasing it", None),
    ("Please reduce the length of the messages or completion.", None),
    ("Input is too long for requested model.", None),
    ("The number of tokens to keep is greater: the model's context window is exceeded", None),
]  # fmt: skip
OTHERS = (
    "context_length should be a positive number",
    "max_tokens is too large: 99999",
    "the name is too long",
    "Missing required parameter: messages",
)


@pytest.mark.parametrize(("message", "limit"), TOO_LONG)
def test_is_known_by_its_words(message: str, limit: int | None) -> None:
    overflow = overflow_in(read_error(json.dumps({"error": {"message": message}})))
    assert overflow is not None
    assert overflow.limit == limit


def test_is_known_by_its_code() -> None:
    said = read_error('{"error": {"message": "no", "code": "context_length_exceeded"}}')
    assert overflow_in(said) is not None


@pytest.mark.parametrize("message", OTHERS)
def test_is_no_other_trouble(message: str) -> None:
    assert overflow_in(read_error(json.dumps({"error": {"message": message}}))) is None

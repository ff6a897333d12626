"""What vendors say when something went wrong, as one of our errors. Bodies are quoted from their
documentation and their users' bug reports."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.kit import json
from app.llm import (
    PROVIDERS,
    Attempt,
    BadGateway,
    ChainExhausted,
    LLMError,
    ModelRef,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
)
from app.llm.providers._failures import Failures
from app.llm.providers.registry import ProviderRow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
IN_FLIGHT = {
    "code": 402,
    "message": "This request would exceed your available credits.",
    "metadata": {
        "reason": "in_flight_budget_exhausted",
        "limit_source": "openrouter_in_flight_budget",
    },
}


def failures(provider: str = "openrouter", model: str = "m") -> Failures:
    return Failures(PROVIDERS[provider], model, "sk-secret", clock=lambda: NOW)


def told(
    status: int, body: object, headers: dict[str, str] | None = None, provider: str = "openrouter"
) -> LLMError:
    text = body if isinstance(body, str) else json.dumps(body).decode()
    return failures(provider).from_status(status, text, headers)


@pytest.mark.parametrize(
    ("provider", "body", "said"),
    [
        ("openai", {"error": {"message": "Bad.", "type": "invalid_request_error"}}, "Bad."),
        ("ollama", {"error": "model 'x' is broken"}, "model 'x' is broken"),
        ("xai", {"code": "Client specified an invalid argument", "error": "Bad."}, "Bad."),
        ("cohere", {"message": "invalid request"}, "invalid request"),
        ("nvidia", {"status": 422, "title": "Unprocessable", "detail": "Too hot."}, "Too hot."),
        (
            "mistral",
            {
                "object": "error",
                "message": {
                    "detail": [
                        {"type": "extra_forbidden", "loc": ["body", "n"], "msg": "Not permitted"}
                    ]
                },
            },
            "body.n: Not permitted",
        ),
        (
            "mistral",
            {"detail": [{"loc": ["body", "messages", 0], "msg": "Field required"}]},
            "body.messages.0: Field required",
        ),
        (
            "openrouter",
            {"error": {"message": "Provider returned error", "metadata": {"raw": "too\nlong"}}},
            "Provider returned error (too long)",
        ),
        ("gemini", [{"error": {"message": "API key not valid."}}], "API key not valid."),
        ("openai", "plain\r\n words", "plain words"),
    ],
)
def test_spellings(provider: str, body: object, said: str) -> None:
    error = told(422, body, provider=provider)

    assert isinstance(error, RequestRefused)
    assert f" answered 422: {said}; the request doesn't suit this model" in error.message


@pytest.mark.parametrize(
    "body", ["<html>Bad gateway</html>", "", "[]", "{}", "null", '{"error": {"message": [1]}}']
)
def test_nothing_readable(body: str) -> None:
    assert "answered 503; try again" in told(503, body).message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:09 GMT"}, 9),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon", "x-ratelimit-reset": "5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"x-ratelimit-reset": str(int(NOW.timestamp() * 1000) + 60_000)}, 60),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"x-ratelimit-reset": "60"}, 60),
        ({"x-ratelimit-reset": "1m0s"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    error = told(429, {}, headers)

    assert isinstance(error, RateLimited)
    assert error.retry_after == (None if seconds is None else pytest.approx(seconds))


def test_the_wait_in_the_body_of_openrouters_limit() -> None:
    reset = str(int(NOW.timestamp() * 1000) + 3_600_000)
    metadata = {"headers": {"X-RateLimit-Limit": "50", "X-RateLimit-Reset": reset}}
    error = told(429, {"error": {"code": 429, "message": "m", "metadata": metadata}})

    assert isinstance(error, RateLimited)
    assert error.retry_after == 3600


def test_the_wait_outlives_the_chain() -> None:
    cause = told(429, {}, {"retry-after": "7"})
    ref = ModelRef("openrouter", "m")
    chain = ChainExhausted((Attempt(ref, cause.code, cause.message, 1),), cause)

    assert chain.retry_after == 7
    assert ChainExhausted((), told(400, {})).retry_after is None


def test_what_a_chain_was_told_several_times_in_a_row_is_said_once() -> None:
    said = [("x", "away"), ("x", "away"), ("x", "slow"), ("y", "slow"), ("x", "slow")]
    cause = told(500, {})
    tries = [Attempt(ModelRef("a", model), cause.code, message, 1) for model, message in said]

    message = ChainExhausted(tuple(tries), cause).message

    assert message == "every model failed: a:x: away (2 times); a:x: slow; a:y: slow; a:x: slow"


class TestPayment:
    def test_money_held_for_calls_under_way_is_waited_for(self) -> None:
        error = told(402, {"error": IN_FLIGHT}, {"retry-after": "1"})

        assert isinstance(error, RateLimited)
        assert error.retryable
        assert error.retry_after == 1

    @pytest.mark.parametrize(
        ("error", "headers"),
        [
            (IN_FLIGHT, {}),
            ({"code": 402, "metadata": {"limit_source": "openrouter_credits"}}, {}),
            (
                {"code": 402, "metadata": {"limit_source": "openrouter_key_limit"}},
                {"retry-after": "1"},
            ),
            ({"code": 402, "message": "Insufficient credits"}, {"retry-after": "1"}),
        ],
    )
    def test_any_other_is_final(self, error: dict[str, Any], headers: dict[str, str]) -> None:
        refused = told(402, {"error": error}, headers)

        assert isinstance(refused, RequestRefused)
        assert not refused.retryable
        assert refused.upstream_status == 402
        assert "add credits at OpenRouter" in refused.message

    def test_a_spent_quota_of_openai_is_no_hurry(self) -> None:
        error = told(429, {"error": {"code": "insufficient_quota"}}, provider="openai")

        assert isinstance(error, RequestRefused)
        assert error.upstream_status == 429
        assert "add credits" in error.message


class TestAvailability:
    """OpenRouter's `error.availability`."""

    def refused(self, code: str, status: int = 404, **fields: Any) -> LLMError:
        availability = {"code": code, "retryable": False, **fields}
        return told(status, {"error": {"code": status, "availability": availability}})

    @pytest.mark.parametrize(
        ("code", "advice"),
        [
            ("free_variant_ended", "without `:free`"),
            ("model_not_found", "check the model's name"),
            ("model_deprecated", "it was retired"),
            ("no_endpoints", "nobody serves it"),
            ("privacy_restricted", "privacy settings"),
            ("constraint_filtered", "`provider` preferences"),
        ],
    )
    def test_advice(self, code: str, advice: str) -> None:
        error = self.refused(code)

        assert isinstance(error, RequestRefused)
        assert advice in error.message

    def test_what_it_suggests_instead(self) -> None:
        error = self.refused("model_deprecated", fallback_models=["a/b", 3, "c/d"])

        assert error.message.endswith("; it suggests a/b, c/d")

    def test_what_no_waiting_mends(self) -> None:
        assert isinstance(self.refused("constraint_filtered", 503), RequestRefused)

    def test_what_waiting_mends(self) -> None:
        error = self.refused("capacity_exhausted", 429, retryable=True, retry_after=40)

        assert isinstance(error, RateLimited)
        assert error.retry_after == 40


@pytest.mark.parametrize(
    ("payload", "kind", "status"),
    [
        ({"code": 502, "message": "m"}, ProviderUnavailable, 502),
        ({"code": "502", "message": "m"}, ProviderUnavailable, 502),
        ({"code": "server_error", "message": "m"}, ProviderUnavailable, 500),
        (
            {"code": None, "metadata": {"error_type": "provider_overloaded"}},
            ProviderUnavailable,
            529,
        ),
        ({"metadata": {"error_type": "rate_limit_exceeded"}}, RateLimited, 429),
        ({"metadata": {"error_type": "timeout"}}, ModelTimeout, 408),
        ({"metadata": {"error_type": "context_length_exceeded"}}, RequestRefused, 400),
        ({"metadata": {"error_type": "content_policy_violation"}}, RequestRefused, 400),
        ({"code": "invalid_api_key"}, RequestRefused, 401),
    ],
)
def test_in_mid_stream(payload: object, kind: type[LLMError], status: int) -> None:
    error = failures().from_payload(payload)

    assert type(error) is kind
    assert f"answered {status}" in error.message


@pytest.mark.parametrize("payload", ["boom", ["boom"], {"message": "boom"}, {"code": 7}])
def test_in_mid_stream_without_a_status(payload: object) -> None:
    error = failures().from_payload(payload)

    assert type(error) is BadGateway
    assert "broke off with an error" in error.message


@pytest.mark.parametrize(
    ("provider", "status", "said", "advice"),
    [
        ("lm_studio", 404, "No models loaded. Please load a model", "`lms load m`"),
        ("lm_studio", 400, "No models loaded. Please load a model", "`lms load m`"),
        ("lm_studio", 400, "Model does not exist.", "`lms load m`"),
        ("ollama", 404, 'model "m" not found, try pulling it first', "`ollama pull m`"),
        ("openai", 404, "The model `m` does not exist", "check the model's name"),
        ("lm_studio", 400, "'messages' is missing", "the request doesn't suit this model"),
    ],
)
def test_a_model_that_isnt_there(provider: str, status: int, said: str, advice: str) -> None:
    error = told(status, {"error": said}, provider=provider)

    assert isinstance(error, RequestRefused)
    assert advice in error.message


def test_the_key_is_blotted_out() -> None:
    error = told(401, {"error": {"message": "Incorrect API key: sk-secret"}})

    assert "Incorrect API key: ***; check OPENROUTER_API_KEY" in error.message


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"x-generation-id": "gen-1", "x-request-id": "req-2"}, " (gen-1)"),
        ({"x-request-id": "req-2"}, " (req-2)"),
        ({"x-request-id": "a\x1bb"}, ""),
        ({"x-request-id": ""}, ""),
    ],
)
def test_the_name_of_the_call(headers: dict[str, str], name: str) -> None:
    assert f" answered 500{name}; try again" in told(500, "", headers).message


def test_a_provider_of_ones_own() -> None:
    row = ProviderRow.custom("my_vllm")

    assert (row.title, row.needs_key, row.wire) == ("My Vllm", False, "openai")
    error = Failures(row, "m").from_status(401, "")
    assert error.message == "My Vllm (m) answered 401; check CUSTOM_MY_VLLM_API_KEY"

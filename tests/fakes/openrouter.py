"""OpenRouter on loopback: the OpenAI wire, and `/key`, `/credits` and `/generation`, shaped as its
documentation of 2026 has them."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.http_server import Exchange
from tests.fakes.openai_wire import FakeOpenAI

KEY: dict[str, Any] = {
    "label": "sk-or-v1-0e6...1c96",
    "limit": 20,
    "limit_reset": "monthly",
    "limit_remaining": 19.1,
    "include_byok_in_limit": False,
    "usage": 0.9,
    "usage_daily": 0.0000001,
    "usage_weekly": 0.9,
    "usage_monthly": 0.9,
    "is_free_tier": False,
    "free_model_daily_requests": {"used": 3, "limit": 1000, "remaining": 997},
    "expires_at": "2027-01-01T00:00:00Z",
    "rate_limit": {"requests": -1, "interval": "10s"},
}


_REFUSALS = {
    401: "User not found.",
    403: "Only management keys can perform this operation",
    404: "Generation not found",
}

GENERATION: dict[str, Any] = {
    "id": "gen-1",
    "upstream_id": "chatcmpl-791bcf62-080e-4568-87d0-94c72e3b4946",
    "total_cost": 0.0015,
    "cache_discount": None,
    "upstream_inference_cost": 0.0012,
    "created_at": "2026-07-15T23:33:19.433273+00:00",
    "model": "anthropic/claude-haiku-4.5",
    "streamed": True,
    "cancelled": True,
    "provider_name": "Amazon Bedrock",
    "finish_reason": None,
    "tokens_prompt": 11,
    "tokens_completion": 26,
    "native_tokens_prompt": 10,
    "native_tokens_completion": 25,
    "native_tokens_reasoning": 5,
    "native_tokens_cached": 3,
    "usage": 0.0015,
    "is_byok": False,
}


class FakeOpenRouter(FakeOpenAI):
    """`key` and `credits` are what it tells; None refuses, as it does a key that may not ask.

    Answers have the ids `gen-1`, `gen-2` and so on, in a header, unless `names_answers` is off.
    `generations` are the records it has added up so far, by id; it was asked for those in
    `asked_for`.
    """

    key: dict[str, Any] | None = KEY
    credits: dict[str, Any] | None = None
    names_answers = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.asked_for_key = 0
        self.answered = 0
        self.generations: dict[str, dict[str, Any]] = {}
        self.asked_for: list[str] = []

    async def _handle(self, exchange: Exchange) -> None:
        path = urlsplit(exchange.request.path)
        if path.path.endswith("/key"):
            self.asked_for_key += 1
            _tell(exchange, self.key, 401)
        elif path.path.endswith("/credits"):
            _tell(exchange, self.credits, 403)
        elif path.path.endswith("/generation"):
            (name,) = parse_qs(path.query)["id"]
            self.asked_for.append(name)
            _tell(exchange, self.generations.get(name), 404)
        else:
            self._name(exchange)
            await super()._handle(exchange)

    def _name(self, exchange: Exchange) -> None:
        if self.names_answers and exchange.request.path.endswith("/chat/completions"):
            self.answered += 1
            exchange.headers["X-Generation-Id"] = f"gen-{self.answered}"


def _tell(exchange: Exchange, data: dict[str, Any] | None, refusal: int) -> None:
    error = {"error": {"message": _REFUSALS[refusal], "code": refusal}}
    body = json.dumps(error if data is None else {"data": data}).encode()
    exchange.answer(refusal if data is None else 200, body, {"content-type": "application/json"})

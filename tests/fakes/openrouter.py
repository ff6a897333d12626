"""OpenRouter on loopback: the OpenAI wire, and `/key` and `/credits`, shaped as its documentation
of 2026 has them."""

import json
from typing import Any

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


class FakeOpenRouter(FakeOpenAI):
    """`key` and `credits` are what it tells; None refuses, as it does a key that may not ask."""

    key: dict[str, Any] | None = KEY
    credits: dict[str, Any] | None = None

    async def _handle(self, exchange: Exchange) -> None:
        path = exchange.request.path
        if path.endswith("/key"):
            _tell(exchange, self.key, 401)
        elif path.endswith("/credits"):
            _tell(exchange, self.credits, 403)
        else:
            await super()._handle(exchange)


def _tell(exchange: Exchange, data: dict[str, Any] | None, refusal: int) -> None:
    message = "Only management keys can perform this operation"
    error = {"error": {"message": message, "code": refusal}}
    body = json.dumps(error if data is None else {"data": data}).encode()
    exchange.answer(refusal if data is None else 200, body, {"content-type": "application/json"})

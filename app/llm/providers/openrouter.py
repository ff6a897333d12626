"""OpenRouter: the OpenAI wire, and what a key has left."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.llm.errors import RequestRefused
from app.llm.providers._openai_payload import count_in, decimal_in, dict_in, text_in
from app.llm.providers._openai_wire import OpenAIProvider

_STOP = (
    "openai, azure, anthropic, fireworks, mancer, recursal, anyscale, lepton, octoai, novita, "
    "deepinfra, together, cohere, hyperbolic, infermatic, avian, xai, cloudflare, sfcompute, "
    "nineteen, liquid, friendli, chutes, deepseek"
)
_GO_ON = (
    "aws-bedrock, groq, modal, google, google-ai-studio, minimax, huggingface, replicate, "
    "perplexity, mistral, ai21, featherless, lynn, lambda, reflection, sambanova, inflection, "
    "zerooneai, aionlabs, alibaba, nebius, kluster, targon, inferencenet"
)

STOPS_BILLING = {
    name: stops for names, stops in ((_STOP, True), (_GO_ON, False)) for name in names.split(", ")
}
"""By upstream: whether it stops working, and charging, when a stream is closed. An answer that
isn't streamed is charged in full by all. From OpenRouter's page on streaming, seen in 2026."""


def stops_billing(upstream: str) -> bool | None:
    """`upstream` is the `provider` of an answer, such as `Amazon Bedrock` or `Google AI Studio`;
    None where OpenRouter doesn't say."""
    name = upstream.strip().lower().replace("amazon bedrock", "aws-bedrock").replace(" ", "-")
    return STOPS_BILLING.get(name)


@dataclass(frozen=True, slots=True)
class FreeRequests:
    """To `:free` models, in this UTC day."""

    limit: int
    used: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Account:
    """Amounts in USD. `limit` is what this key may spend, None without a limit; `resets` is how
    often it starts anew (`daily`, `weekly`, `monthly`), None for never.

    `credits_bought` and `credits_used` are the whole account's, and None unless the key may see
    them: OpenRouter shows them to management keys alone.
    """

    label: str
    limit: Decimal | None
    limit_remaining: Decimal | None
    resets: str | None
    used: Decimal
    used_today: Decimal
    free_tier: bool
    free_requests: FreeRequests | None
    expires_at: str | None
    credits_bought: Decimal | None = None
    credits_used: Decimal | None = None

    @property
    def credits_left(self) -> Decimal | None:
        if self.credits_bought is None or self.credits_used is None:
            return None
        return self.credits_bought - self.credits_used


class OpenRouter(OpenAIProvider):
    async def look(self) -> None:
        """At the key: the list of models is public, and has half a megabyte. What stands in for
        OpenRouter may know no keys."""
        try:
            await self.fetch_json("key")
        except RequestRefused as error:
            if error.upstream_status != 404:
                raise
            await self.list_models()

    async def account(self) -> Account:
        """What the key has used and has left. Raises `LLMError`, within 10 s."""
        key = dict_in(await self.fetch_json("key"))
        return _account(dict_in(key.get("data")), await self._credits())

    async def _credits(self) -> dict[str, Any]:
        try:
            return dict_in(dict_in(await self.fetch_json("credits")).get("data"))
        except RequestRefused as error:
            if error.upstream_status in (401, 403):
                return {}
            raise


def _account(key: dict[str, Any], credit: dict[str, Any]) -> Account:
    free = dict_in(key.get("free_model_daily_requests"))
    return Account(
        label=text_in(key.get("label")),
        limit=decimal_in(key.get("limit")),
        limit_remaining=decimal_in(key.get("limit_remaining")),
        resets=text_in(key.get("limit_reset")) or None,
        used=decimal_in(key.get("usage")) or Decimal(0),
        used_today=decimal_in(key.get("usage_daily")) or Decimal(0),
        free_tier=key.get("is_free_tier") is True,
        free_requests=FreeRequests(
            *(count_in(free.get(name)) for name in ("limit", "used", "remaining"))
        )
        if free
        else None,
        expires_at=text_in(key.get("expires_at")) or None,
        credits_bought=decimal_in(credit.get("total_credits")),
        credits_used=decimal_in(credit.get("total_usage")),
    )

"""OpenRouter: the OpenAI wire, what a key has left, and what an answer cost in the end."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from app.llm.errors import RequestRefused
from app.llm.messages import Usage
from app.llm.providers._openai_payload import count_in, decimal_in, dict_in, text_in
from app.llm.providers._openai_wire import OpenAIProvider
from app.llm.providers.billing import Account, FreeRequests

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

    async def settled(self, generation_id: str) -> Usage:
        """From the record of the generation: tokens as the vendor behind OpenRouter counts them,
        which is also how answers are told, and the cost. Raises `LLMError`, within 5 s, until
        there is a record with a cost: at first OpenRouter answers 404."""
        found = await self.fetch_json(f"generation?id={quote(generation_id, safe='')}")
        record = dict_in(dict_in(found).get("data"))
        cost = _settled_cost(record)
        if cost is None:
            raise self._wire.failures().unusable("has no cost yet for this answer")
        return Usage(
            prompt_tokens=_tokens(record, "prompt"),
            completion_tokens=_tokens(record, "completion"),
            cached_tokens=count_in(record.get("native_tokens_cached")),
            reasoning_tokens=count_in(record.get("native_tokens_reasoning")),
            cost=cost,
        )

    async def _credits(self) -> dict[str, Any]:
        try:
            return dict_in(dict_in(await self.fetch_json("credits")).get("data"))
        except RequestRefused as error:
            if error.upstream_status in (401, 403):
                return {}
            raise


def _settled_cost(record: dict[str, Any]) -> Decimal | None:
    """In USD. With a key of one's own at the vendor, its price stands beside OpenRouter's fee."""
    cost = decimal_in(record.get("total_cost"))
    if cost is not None and record.get("is_byok") is True:
        return cost + (decimal_in(record.get("upstream_inference_cost")) or 0)
    return cost


def _tokens(record: dict[str, Any], kind: str) -> int:
    return count_in(record.get(f"native_tokens_{kind}")) or count_in(record.get(f"tokens_{kind}"))


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

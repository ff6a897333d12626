"""How models are shown."""

from typing import Any

from pydantic import BaseModel, Field

from app.gateway.catalogue.benchmark.schemas import BenchmarkView
from app.gateway.catalogue.browsing.repository import KeptModel, Results
from app.gateway.catalogue.browsing.service import Biography
from app.gateway.catalogue.browsing.wanted import Status
from app.gateway.catalogue.fields import Price
from app.gateway.catalogue.models import PriceRow
from app.llm import Capability, ModelFacts, ModelRef, Prices, capabilities
from app.web import Timestamp


class PricesView(BaseModel):
    """USD per token; null where nobody says."""

    prompt: Price | None = Field(examples=["0.00000015"])
    completion: Price | None = Field(examples=["0.0000006"])
    cache_read: Price | None = Field(examples=["0.000000075"])
    cache_write: Price | None = Field(examples=[None])

    @classmethod
    def of(cls, prices: Prices) -> "PricesView":
        return cls(
            prompt=prices.prompt,
            completion=prices.completion,
            cache_read=prices.cache_read,
            cache_write=prices.cache_write,
        )


class ResultsView(BaseModel):
    """The newest benchmarks of each kind of task, taken together."""

    quality: float = Field(description="0 to 1: how much of the exercises was right.")
    first_token_ms: int | None = Field(description="Milliseconds to the first token.")
    tokens_per_second: float | None = Field(description="From the first token to the last.")
    at: Timestamp

    @classmethod
    def of(cls, results: Results) -> "ResultsView":
        return cls(
            quality=round(results.quality, 4),
            first_token_ms=results.first_token_ms,
            tokens_per_second=results.tokens_per_second,
            at=results.at,
        )


class ModelView(BaseModel):
    """One model at one provider. Null or empty is unknown."""

    id: str = Field(description="As the provider names it.", examples=["openai/gpt-5-mini"])
    provider: str = Field(examples=["openrouter"])
    name: str = Field(description="For people; the id where the provider has none.")
    context_length: int | None = Field(description="Tokens of prompt and answer together.")
    max_output: int | None = Field(description="Tokens of an answer, at most.")
    input_modalities: list[str] = Field(examples=[["image", "text"]])
    output_modalities: list[str] = Field(examples=[["text"]])
    parameters: list[str] = Field(
        description="Those of the OpenAI wire that it takes.", examples=[["tools", "temperature"]]
    )
    capabilities: list[Capability]
    prices: PricesView
    price_per_request: Price | None = Field(description="USD, on top of the tokens.")
    free: bool = Field(description="Whether a call costs nothing for certain.")
    loaded: bool | None = Field(description="Whether it is in memory; told by local servers only.")
    status: Status
    first_seen: Timestamp = Field(description="When it came into the catalogue.")
    last_seen: Timestamp | None = Field(
        description="When its provider last listed it; null when it never did."
    )
    retired_at: Timestamp | None = Field(description="When its provider listed it no more.")
    source: str = Field(description="`discovery`, or `seed` for what came with the service.")
    benchmark: ResultsView | None

    @classmethod
    def of(cls, kept: KeptModel) -> "ModelView":
        return cls(**_fields(kept))


class ModelsPage(BaseModel):
    models: list[ModelView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class PastPrices(PricesView):
    """What it cost from one moment to another."""

    request: Price | None = Field(description="USD per request.")
    valid_from: Timestamp
    valid_until: Timestamp | None = Field(description="Null for what it costs now.")


class ModelDetail(ModelView):
    """A model with its past, the newest first."""

    price_history: list[PastPrices]
    benchmarks: list[BenchmarkView]
    also_at: list[str] = Field(description="Other providers of the same id.")
    details: dict[str, Any] = Field(
        description="What its provider says beyond that, as it says it."
    )

    @classmethod
    def of_biography(cls, biography: Biography) -> "ModelDetail":
        return cls(
            **_fields(biography.model),
            price_history=[_past(row) for row in biography.prices],
            benchmarks=[BenchmarkView.of(row) for row in biography.benchmarks],
            also_at=biography.also_at,
            details=biography.model.row.raw,
        )


def _fields(kept: KeptModel) -> dict[str, Any]:
    row = kept.row
    facts = ModelFacts(
        ref=ModelRef(row.provider, row.model),
        input_modalities=frozenset(row.input_modalities),
        output_modalities=frozenset(row.output_modalities),
        parameters=frozenset(row.parameters),
    )
    return {
        "id": row.model,
        "provider": row.provider,
        "name": row.name or row.model,
        "context_length": row.context_length,
        "max_output": row.max_output,
        "input_modalities": row.input_modalities,
        "output_modalities": row.output_modalities,
        "parameters": row.parameters,
        "capabilities": sorted(capabilities(facts)),
        "prices": PricesView.of(kept.prices),
        "price_per_request": kept.prices.request,
        "free": row.free,
        "loaded": row.loaded,
        "status": Status.RETIRED if row.retired_at else Status.ACTIVE,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "retired_at": row.retired_at,
        "source": row.source,
        "benchmark": ResultsView.of(kept.results) if kept.results else None,
    }


def _past(row: PriceRow) -> PastPrices:
    return PastPrices.model_validate(row, from_attributes=True)

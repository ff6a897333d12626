"""What the gateway answers."""

from pydantic import BaseModel, ConfigDict, Field

from app.gateway.calls.fields import Usd
from app.llm import HealthState
from app.web import Timestamp


class ModelsReport(BaseModel):
    """The default provider, which sessions use that name none."""

    available: bool = Field(description="Whether it answers.")
    provider: str = Field(
        description="Its name; `offline` when none is configured and the built-in agents play.",
        examples=["lm_studio"],
    )
    base_url: str | None = Field(
        description="Where it is asked, without user, password and query; null for `offline`.",
        examples=["http://localhost:1234/v1"],
    )
    models: list[str] = Field(
        description="The models it offers; empty while it doesn't answer.",
        examples=[["qwen/qwen3-8b"]],
    )
    error: str | None = Field(
        description="Why it isn't available, and what to do; else null.", examples=[None]
    )


class DatabaseReport(BaseModel):
    available: bool = Field(description="Whether it answers.")
    url: str = Field(
        description="Where it is, without path, user and password.",
        examples=["postgresql://localhost:5432"],
    )
    error: str | None = Field(description="Why it isn't available; else null.", examples=[None])


class StatusReport(BaseModel):
    llm: ModelsReport
    database: DatabaseReport


class LatencyView(BaseModel):
    """In milliseconds, of successes; null while there were none."""

    p50: int | None = Field(description="Half took at most this long.", examples=[420])
    p95: int | None = Field(description="95 of 100 took at most this long.", examples=[1900])


class ProviderHealth(BaseModel):
    """From looks at it: a cheap request that isn't billed, every `LLM_HEALTH_INTERVAL` seconds."""

    provider: str = Field(examples=["lm_studio"])
    state: HealthState = Field(
        description="`degraded`: it refuses, or failed at some of the last looks; `open`: it isn't "
        "there, and its models are left alone."
    )
    last_check: Timestamp | None = Field(description="When it was last looked at.")
    latency_ms: LatencyView
    success_rate: float | None = Field(
        description="Of the looks of the last five minutes, 0 to 1; null without any.",
        examples=[1.0],
    )
    error: str | None = Field(description="What last went wrong.", examples=[None])


class ModelHealth(BaseModel):
    """From the newest calls: at most 128, none older than five minutes."""

    provider: str = Field(examples=["lm_studio"])
    model: str = Field(examples=["qwen/qwen3-8b"])
    state: HealthState = Field(
        description="`degraded`: more than one in five failed; `open`: it is left alone."
    )
    last_check: Timestamp | None = Field(description="When a call last told how it is.")
    latency_ms: LatencyView = Field(description="Of whole answers.")
    first_token_ms: LatencyView = Field(description="To the first token.")
    success_rate: float | None = Field(
        description="0 to 1; null without any calls. A request that was itself at fault and one "
        "that the caller left don't count.",
        examples=[0.98],
    )
    calls: int = Field(description="How many calls that is from.", examples=[57])
    cooldown_seconds: float = Field(
        description="For how long it isn't asked: its breaker is open, or it said when to come "
        "back.",
        examples=[0],
    )
    error: str | None = Field(description="What last went wrong.", examples=[None])


class HealthReport(BaseModel):
    """Every configured provider, and the models that were asked last, 512 at most."""

    providers: list[ProviderHealth]
    models: list[ModelHealth]


class FreeRequestsView(BaseModel):
    """To models whose name ends in `:free`, in this UTC day."""

    model_config = ConfigDict(from_attributes=True)

    limit: int = Field(examples=[1000])
    used: int = Field(examples=[3])
    remaining: int = Field(examples=[997])


class AccountView(BaseModel):
    """Amounts are USD, as decimal strings."""

    model_config = ConfigDict(from_attributes=True)

    label: str = Field(description="The key's, from the vendor.", examples=["sk-or-v1-0e6...1c96"])
    limit: Usd | None = Field(
        description="What this key may spend; null without a limit.", examples=["20"]
    )
    limit_remaining: Usd | None = Field(description="What is left of it.", examples=["19.1"])
    resets: str | None = Field(
        description="How often the limit starts anew: `daily`, `weekly` or `monthly`; null for "
        "never.",
        examples=["monthly"],
    )
    used: Usd = Field(description="By this key, ever.", examples=["0.9"])
    used_today: Usd = Field(description="In this UTC day.", examples=["0.0000001"])
    free_tier: bool = Field(description="Whether the account never bought credits.")
    free_requests: FreeRequestsView | None = Field(description="Null where the vendor is silent.")
    expires_at: str | None = Field(
        description="When the key ends; null for never.", examples=["2027-01-01T00:00:00Z"]
    )
    credits_bought: Usd | None = Field(
        description="By the whole account; null unless the key may see it: OpenRouter shows it to "
        "management keys alone.",
        examples=["100.5"],
    )
    credits_used: Usd | None = Field(description="The same.", examples=["25.75"])
    credits_left: Usd | None = Field(description="The same.", examples=["74.75"])

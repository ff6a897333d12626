"""What stands beside the main path: judgements, voice, traces and errors."""

from decimal import Decimal
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from app.kit.environment import Group
from app.kit.frozen import frozen
from app.settings.fields import (
    ApiKey,
    Bucket,
    Dsn,
    Headers,
    Scorers,
    Seconds,
    Share,
    ShortText,
    WebAddress,
    Word,
)


class Analysis(Group):
    model_config = SettingsConfigDict(env_prefix="ANALYSIS_")

    judge: Literal["auto", "off"] = Field(
        "auto",
        description="auto: finished negotiations are judged by LLM_CHAIN_ANALYSIS, else by Gemini, "
        "direct or through OpenRouter, where a key is set; off: figures only.",
    )


class ElevenLabs(Group):
    model_config = SettingsConfigDict(env_prefix="ELEVENLABS_")

    api_key: ApiKey | None = Field(
        None, description="Key of ElevenLabs; empty is no voice.", examples=["change-me"]
    )
    base_url: WebAddress | None = Field(
        None,
        description="Address of ElevenLabs, where not the usual.",
        examples=["https://api.eu.residency.elevenlabs.io"],
    )


class Voice(Group):
    model_config = SettingsConfigDict(env_prefix="VOICE_")

    model: Word = Field("eleven_flash_v2_5", description="Model that speaks.")
    transcription_model: Word = Field("scribe_v1", description="Model that listens.")
    text_limit: int = Field(
        5000, ge=1, le=40_000, description="The most characters that are spoken at once."
    )
    upload_limit_bytes: int = Field(
        26_214_400,
        ge=1024,
        le=1_073_741_824,
        description="Largest recording that is transcribed, in bytes.",
    )
    first_audio_timeout: Seconds = Field(10, description="Seconds to the first sound.")
    usd_per_1000_characters: Decimal = Field(
        Decimal("0.05"),
        ge=0,
        le=1000,
        allow_inf_nan=False,
        description="What a thousand spoken characters cost, in USD, by your plan.",
    )
    usd_per_hour: Decimal = Field(
        Decimal("0.40"),
        ge=0,
        le=1000,
        allow_inf_nan=False,
        description="What an hour of transcribed sound costs, in USD, by your plan.",
    )
    cache_mb: int = Field(
        512, ge=0, le=1_048_576, description="Megabytes of finished speech kept; 0 keeps none."
    )
    storage: Bucket | None = Field(
        None,
        description="Where finished speech is kept: an S3 bucket; empty is a folder in DATA_DIR.",
        examples=["s3://parley/voice"],
    )
    s3_endpoint: WebAddress | None = Field(
        None,
        description="Address of the S3 service, where not Amazon's.",
        examples=["http://localhost:9000"],
    )
    s3_region: Word = Field("us-east-1", description="Region of the bucket.")
    s3_access_key_id: ApiKey | None = Field(
        None,
        description="Key id for the bucket; empty takes what the machine offers.",
        examples=["change-me"],
    )
    s3_secret_access_key: ApiKey | None = Field(
        None, description="Secret key for the bucket.", examples=["change-me"]
    )


class Galileo(Group):
    model_config = SettingsConfigDict(env_prefix="GALILEO_")

    api_key: ApiKey | None = Field(
        None, description="Key of Galileo; empty is no traces there.", examples=["change-me"]
    )
    api_url: WebAddress = Field("https://api.galileo.ai", description="Address of Galileo's API.")
    project: ShortText = Field("parley", description="Project that traces go to.")
    log_stream: ShortText = Field("default", description="Log stream that traces go to.")
    sample_rate: Share = Field(1.0, description="Share of the runs and conversations traced.")
    scorers: Scorers = Field(
        (),
        description="Scorers that are switched on, by name, comma-separated.",
        examples=["correctness,context_adherence,reasoning_coherence"],
    )
    redact_limits: bool = Field(
        default=True,
        description="Whether prices that an agent keeps to itself are taken out of traces.",
    )


class Sentry(Group):
    model_config = SettingsConfigDict(env_prefix="SENTRY_")

    dsn: Dsn | None = Field(
        None,
        description="Address that errors are reported to; empty reports none.",
        examples=["https://public-key@o1.ingest.sentry.io/1"],
    )
    environment: ShortText = Field("development", description="What the reports are filed under.")
    traces_sample_rate: Share = Field(0.1, description="Share of the requests that are timed.")


class OpenTelemetry(Group):
    model_config = SettingsConfigDict(env_prefix="OTEL_")

    exporter_otlp_endpoint: WebAddress | None = Field(
        None,
        description="Address that spans are sent to by OTLP over HTTP; empty sends none.",
        examples=["http://localhost:4318"],
    )
    exporter_otlp_headers: Headers | None = Field(
        None,
        description="Headers that go along, as name=value, comma-separated.",
        examples=["api-key=change-me"],
    )
    service_name: ShortText = Field("parley", description="What the spans are filed under.")
    traces_sampler_arg: Share = Field(1.0, description="Share of the requests whose spans go out.")


@frozen
class Telemetry:
    galileo: Galileo
    sentry: Sentry
    otel: OpenTelemetry

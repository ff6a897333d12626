"""Every setting of the service, typed: read once from the environment and `.env`.

The entry points alone call `load_settings()`; everything else is handed the values it needs.
An empty variable counts as unset. A wrong one stops the start, and all of them are told at once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from app.kit.environment import (
    Environment,
    Fault,
    Group,
    SettingsInvalid,
    Variable,
    contradiction,
    variables,
)

__all__ = ["OFFLINE", "PROVIDERS", "Settings", "SettingsInvalid", "all_variables", "load_settings"]

PROVIDERS = (
    "openrouter",
    "lm_studio",
    "ollama",
    "openai",
    "anthropic",
    "gemini",
    "groq",
    "mistral",
    "deepseek",
    "together",
    "fireworks",
    "cerebras",
    "xai",
    "cohere",
    "perplexity",
    "nvidia",
    "deepinfra",
    "sambanova",
    "huggingface",
)
OFFLINE = "offline"

_CUSTOM = re.compile(r"CUSTOM_([A-Z0-9]+(?:_[A-Z0-9]+)*)_(BASE_URL|API_KEY)")
_PROVIDER_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_CHAIN = "openrouter:openai/gpt-5-mini,ollama:llama3.2:3b"


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part for part in map(str.strip, value.split(",")) if part]


def _capitals(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise ValueError("should be an IP address or a host name")
    return text


def _is_address(text: str, schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(re.fullmatch(schemes, parts.scheme)) and parts.port != 0
    except ValueError:  # its text may quote a piece of a password
        return False


def _web_address(text: str) -> str:
    if not (_is_address(text, "https?") and re.fullmatch(r"\w+://[^\s/?#][^\s?#]*", text)):
        raise ValueError("should be an http:// or https:// address without query or fragment")
    return text.rstrip("/")


def _origin(text: str) -> str:
    origin = text if text == "*" else _web_address(text)
    if origin.count("/") > 2 or "@" in origin:
        raise ValueError("should be only scheme, host and port of a page's address")
    return origin


def _database_url(secret: SecretStr) -> SecretStr:
    scheme, _, rest = secret.get_secret_value().partition("://")
    if not (_is_address(f"{scheme}://{rest}", r"postgres(ql)?(\+\w+)?") and rest.split() == [rest]):
        raise ValueError("should be a PostgreSQL address, or empty for the embedded server")
    return SecretStr(f"postgresql+psycopg://{rest}")


def _api_key(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ValueError("should be one word of printable ASCII, as the vendor gave it")
    return secret


def _data_dir(path: Path) -> Path:
    full = path.expanduser().resolve()
    if full.exists() and not full.is_dir():
        raise ValueError("should be a folder, and is a file")
    return full


def _provider(text: str) -> str:
    if not _PROVIDER_NAME.fullmatch(text):
        raise ValueError(f"should be one of {', '.join((*PROVIDERS, OFFLINE))}")
    return text


def _link(text: str) -> str:
    provider, _, model = text.partition(":")
    if not (_PROVIDER_NAME.fullmatch(provider) and model):
        raise ValueError(f"should be provider:model, with a provider of {', '.join(PROVIDERS)}")
    return text


def _dsn(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"https?://[^\s/@:]+(:[^\s/@]*)?@[^\s/]+/\S+", secret.get_secret_value()):
        raise ValueError("should be a DSN as Sentry gives it")
    return secret


def _headers(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\w-]+=[!-+\--~]+(,[\w-]+=[!-+\--~]+)*", secret.get_secret_value()):
        raise ValueError("should be name=value, comma-separated")
    return secret


def _bucket(text: str) -> str:
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?", text):
        raise ValueError("should be s3://bucket or s3://bucket/folder")
    return text.rstrip("/")


def _scorer(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", text):
        raise ValueError("should be names in small letters, such as context_adherence")
    return text


def _word(text: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,100}", text, re.ASCII):
        raise ValueError("should be one word of letters, digits, '_', '-' and '.'")
    return text


def _no_accounts(required: object) -> object:
    if required:
        raise ValueError("should be false: this release has no accounts to sign in with")
    return required


Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Origin = Annotated[str, AfterValidator(_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)]
Link = Annotated[str, AfterValidator(_link)]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key)]
Word = Annotated[str, AfterValidator(_word)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
ScorerName = Annotated[str, AfterValidator(_scorer)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""Of 1."""
Chain = Annotated[tuple[Link, ...], NoDecode, BeforeValidator(_split)]
"""Models in the order they are tried, each written `provider:model`."""
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LogFormat = Literal["console", "json"]


class Server(Group):
    host: Annotated[str, AfterValidator(_host)] = Field(
        "127.0.0.1", description="Address to listen on; 0.0.0.0 is every interface."
    )
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    cors_origins: Origins = Field(
        ("http://localhost:3000", "http://localhost:3001"),
        description="Origins whose pages may call the API, comma-separated; * is all.",
    )
    body_limit_bytes: int = Field(
        1_048_576, ge=1024, le=104_857_600, description="Largest request body, in bytes."
    )
    model_body_limit_bytes: int = Field(
        33_554_432,
        ge=1024,
        le=268_435_456,
        description="Largest body of a request under /v1 or /api/ai-sdk, in bytes: pictures and "
        "whole conversations travel in it.",
    )
    auth_required: Annotated[bool, AfterValidator(_no_accounts)] = Field(
        default=False, description="Whether callers must sign in; false until there are accounts."
    )


class Storage(Group):
    data_dir: Annotated[Path, AfterValidator(_data_dir)] = Field(
        Path("./data"), description="Folder of the embedded database, logs and caches."
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = Field(
        None,
        description="PostgreSQL to use; empty starts the embedded one in DATA_DIR.",
        examples=["postgresql://parley:change-me@localhost:5432/parley"],
    )
    database_pool_size: int = Field(
        10, ge=1, le=500, description="Size of each of the two connection pools."
    )


class Logs(Group):
    model_config = SettingsConfigDict(env_prefix="LOG_")

    level: Annotated[LogLevel, BeforeValidator(_capitals)] = Field(
        "INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    format: LogFormat | None = Field(
        None,
        description="console or json; empty is console on a terminal, else json.",
        examples=["json"],
    )


class Market(Group):
    min_rounds: int = Field(2, ge=1, le=100, description="Round from which a buyer may accept.")
    max_rounds: int = Field(10, ge=1, le=100, description="Round after which there is no deal.")
    timeout_minutes: float = Field(
        30,
        gt=0,
        le=1440,
        allow_inf_nan=False,
        validation_alias="NEGOTIATION_TIMEOUT_MINUTES",
        description="Minutes after which there is no deal.",
    )
    log_retention_days: int = Field(
        7, ge=1, le=3650, description="Days that a negotiation's log is kept."
    )

    @model_validator(mode="after")
    def _rounds_in_order(self) -> Self:
        if self.min_rounds > self.max_rounds:
            issue = f"({self.min_rounds}) should be at most MAX_ROUNDS ({self.max_rounds})"
            raise contradiction("min_rounds", issue, example=self.max_rounds)
        return self


class Stream(Group):
    model_config = SettingsConfigDict(env_prefix="SSE_")

    heartbeat_interval: Seconds = Field(
        15, description="Seconds of silence after which a stream sends a heartbeat."
    )


class Jobs(Group):
    model_config = SettingsConfigDict(env_prefix="WORKER_")

    run_worker: bool = Field(
        default=True,
        validation_alias="RUN_WORKER",
        description="Whether the process that serves also runs jobs.",
    )
    concurrency: int = Field(200, ge=1, le=2000, description="Jobs that run at the same time.")
    heartbeat_interval: float = Field(
        2,
        gt=0,
        le=600,
        allow_inf_nan=False,
        description="Seconds between a worker's signs of life.",
    )
    stalled_after: Seconds = Field(
        6, description="Seconds of silence after which another worker takes over."
    )

    @model_validator(mode="after")
    def _a_heartbeat_may_be_missed(self) -> Self:
        if self.stalled_after < 2 * self.heartbeat_interval:
            twice = f"twice WORKER_HEARTBEAT_INTERVAL ({self.heartbeat_interval:g})"
            issue = f"({self.stalled_after:g}) should be at least {twice}"
            raise contradiction("stalled_after", issue, example=2 * self.heartbeat_interval)
        return self


class Chat(Group):
    model_config = SettingsConfigDict(env_prefix="CHAT_")

    recent_exchanges: int = Field(
        12, ge=1, le=100, description="Exchanges of a conversation that are sent word for word."
    )
    recent_tokens: int = Field(
        6000, ge=100, le=1_000_000, description="The most tokens that those may have."
    )
    window: int = Field(
        8192,
        ge=512,
        le=10_000_000,
        description="Tokens that a model takes of which the catalogue doesn't know it.",
    )
    events_hours: float = Field(
        24,
        gt=0,
        le=8760,
        allow_inf_nan=False,
        description="Hours after which the events of an answer are folded into its message.",
    )
    embeddings: Literal["auto", "provider", "local", "off"] = Field(
        "auto",
        description="Who finds memories by meaning: a provider, the local model, the first of "
        "both that is there (auto), or nobody (off).",
    )


class Timeouts(Group):
    """Of a model call, in seconds."""

    connect: Seconds = Field(
        5,
        validation_alias="LLM_CONNECT_TIMEOUT",
        description="Seconds to reach a provider.",
    )
    first_token: Seconds = Field(
        30,
        validation_alias="LLM_FIRST_TOKEN_TIMEOUT",
        description="Seconds to an answer's first token.",
    )
    idle: Seconds = Field(
        30,
        validation_alias="LLM_IDLE_TIMEOUT",
        description="Seconds between two tokens.",
    )
    total: Seconds = Field(
        120,
        validation_alias="LLM_TOTAL_TIMEOUT",
        description="Seconds for a whole answer.",
    )


class Routing(Group):
    model_config = SettingsConfigDict(env_prefix="LLM_")

    provider: Annotated[str, AfterValidator(_provider)] | None = Field(
        None,
        description="Default provider; empty is the first one configured, else offline.",
        examples=["openrouter"],
    )
    chain: Chain = Field(
        (),
        description="Models tried after the one asked for, as provider:model, comma-separated.",
        examples=[_CHAIN],
    )
    breaker_failures: int = Field(
        5, ge=1, le=1000, description="Failures in a row after which a model is left alone."
    )
    breaker_cooldown: Seconds = Field(
        30, description="Seconds for which it is left alone, before one call tries it again."
    )
    health_interval: Seconds = Field(
        60, description="Seconds between two looks at whether a provider is there."
    )
    hedging: bool = Field(
        default=False,
        description="Whether a second model is asked too when the first is later than usual.",
    )
    cache_ttl: int = Field(
        3600, ge=1, le=2_592_000, description="Seconds that a cached answer may be used."
    )
    cache_mb: int = Field(
        64, ge=1, le=65_536, description="Megabytes of cached answers kept in memory."
    )
    offline_faults: bool = Field(
        default=False,
        description="Whether offline:slow, :flaky, :cut and :malformed may be asked, for tests.",
    )


class TaskChains(Group):
    """A chain of its own for one task; each field is the name of the task."""

    model_config = SettingsConfigDict(env_prefix="LLM_CHAIN_")

    buyer_turn: Chain = Field((), description="The same for a buyer's turns.", examples=[_CHAIN])
    seller_turn: Chain = Field((), description="The same for a seller's turns.", examples=[_CHAIN])
    narration: Chain = Field((), description="The same for narrated turns.", examples=[_CHAIN])
    chat: Chain = Field((), description="The same for conversations.", examples=[_CHAIN])
    analysis: Chain = Field((), description="The same for judgements.", examples=[_CHAIN])
    summary: Chain = Field((), description="The same for summaries.", examples=[_CHAIN])
    extraction: Chain = Field((), description="The same for facts in texts.", examples=[_CHAIN])
    coding: Chain = Field((), description="The same for code.", examples=[_CHAIN])
    database: Chain = Field((), description="The same for queries.", examples=[_CHAIN])
    embedding: Chain = Field((), description="The same for vectors of texts.", examples=[_CHAIN])
    benchmark: Chain = Field((), description="The same for benchmarks.", examples=[_CHAIN])
    probe: Chain = Field((), description="The same for health probes.", examples=[_CHAIN])


class Connection(Group):
    """How to reach one provider; the prefix is its name."""

    api_key: ApiKey | None = Field(
        None, description="Key of the provider.", examples=["sk-change-me"]
    )
    base_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="Address, where not the usual.", examples=["http://localhost:1234/v1"]
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
    base_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
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
    storage: Annotated[str, AfterValidator(_bucket)] | None = Field(
        None,
        description="Where finished speech is kept: an S3 bucket; empty is a folder in DATA_DIR.",
        examples=["s3://parley/voice"],
    )
    s3_endpoint: Annotated[str, AfterValidator(_web_address)] | None = Field(
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
    api_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "https://api.galileo.ai", description="Address of Galileo's API."
    )
    project: ShortText = Field("parley", description="Project that traces go to.")
    log_stream: ShortText = Field("default", description="Log stream that traces go to.")
    sample_rate: Share = Field(1.0, description="Share of the runs and conversations traced.")
    scorers: Annotated[tuple[ScorerName, ...], NoDecode, BeforeValidator(_split)] = Field(
        (),
        description="Scorers that are switched on, by name, comma-separated.",
        examples=["correctness,context_adherence,reasoning_coherence"],
    )
    redact_limits: bool = Field(
        default=False,
        description="Whether prices that an agent keeps to itself are taken out of traces.",
    )


class Sentry(Group):
    model_config = SettingsConfigDict(env_prefix="SENTRY_")

    dsn: Annotated[SecretStr, AfterValidator(_dsn)] | None = Field(
        None,
        description="Address that errors are reported to; empty reports none.",
        examples=["https://public-key@o1.ingest.sentry.io/1"],
    )
    environment: ShortText = Field("development", description="What the reports are filed under.")
    traces_sample_rate: Share = Field(0.1, description="Share of the requests that are timed.")


class OpenTelemetry(Group):
    model_config = SettingsConfigDict(env_prefix="OTEL_")

    exporter_otlp_endpoint: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None,
        description="Address that spans are sent to by OTLP over HTTP; empty sends none.",
        examples=["http://localhost:4318"],
    )
    exporter_otlp_headers: Annotated[SecretStr, AfterValidator(_headers)] | None = Field(
        None,
        description="Headers that go along, as name=value, comma-separated.",
        examples=["api-key=change-me"],
    )
    service_name: ShortText = Field("parley", description="What the spans are filed under.")
    traces_sampler_arg: Share = Field(1.0, description="Share of the requests whose spans go out.")


@dataclass(frozen=True, slots=True)
class Telemetry:
    galileo: Galileo
    sentry: Sentry
    otel: OpenTelemetry


@dataclass(frozen=True, slots=True)
class Llm:
    """`chains` by task, where a task has its own. `connections` by provider, `custom` by the name
    in `CUSTOM_<NAME>_BASE_URL`."""

    routing: Routing
    chains: dict[str, Chain]
    timeouts: Timeouts
    connections: dict[str, Connection]
    custom: dict[str, Connection]


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url` None: the embedded server; else an SQLAlchemy address for psycopg."""

    data_dir: Path
    database_url: SecretStr | None
    database_pool_size: int
    server: Server
    logs: Logs
    market: Market
    stream: Stream
    jobs: Jobs
    chat: Chat
    llm: Llm
    analysis: Analysis
    elevenlabs: ElevenLabs
    voice: Voice
    telemetry: Telemetry


_GROUPS = (Server, Storage, Logs, Market, Stream, Jobs, Chat, Timeouts, Routing, TaskChains)
_PARTNERS = (Analysis, ElevenLabs, Voice, Galileo, Sentry, OpenTelemetry)


def all_variables() -> Iterator[Variable]:
    """Every variable the service reads, in the order of `.env.example`."""
    for group in _GROUPS:
        yield from variables(group)
    for provider in PROVIDERS:
        yield from variables(Connection, prefix=f"{provider}_")
    for partner in _PARTNERS:
        yield from variables(partner)


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The environment over `env_file`. Raises `SettingsInvalid`, which lists all that is wrong."""
    environment = Environment(env_file)
    storage = environment.read(Storage)
    settings = Settings(
        data_dir=storage.data_dir,
        database_url=storage.database_url,
        database_pool_size=storage.database_pool_size,
        server=environment.read(Server),
        logs=environment.read(Logs),
        market=environment.read(Market),
        stream=environment.read(Stream),
        jobs=environment.read(Jobs),
        chat=environment.read(Chat),
        llm=_llm(environment),
        analysis=environment.read(Analysis),
        elevenlabs=environment.read(ElevenLabs),
        voice=environment.read(Voice),
        telemetry=Telemetry(
            galileo=environment.read(Galileo),
            sentry=environment.read(Sentry),
            otel=environment.read(OpenTelemetry),
        ),
    )
    environment.check()
    return settings


def _llm(environment: Environment) -> Llm:
    routing, chains = environment.read(Routing), environment.read(TaskChains)
    values = environment.values()
    llm = Llm(
        routing=routing,
        chains={task: chain for task, chain in chains if chain},
        timeouts=environment.read(Timeouts),
        connections={name: environment.read(Connection, f"{name}_") for name in PROVIDERS},
        custom={
            name: environment.read(Connection, f"custom_{name}_") for name in _custom_names(values)
        },
    )
    environment.faults += [
        *_unknown_tasks(values),
        *_unknown_providers(values, (*PROVIDERS, *llm.custom)),
        *_homeless(llm),
    ]
    return llm


def _custom_names(values: Mapping[str, str]) -> tuple[str, ...]:
    found = (_CUSTOM.fullmatch(name) for name in sorted(values))
    return tuple(dict.fromkeys(match[1].lower() for match in found if match))


def _unknown_tasks(values: Mapping[str, str]) -> Iterator[Fault]:
    tasks = ", ".join(TaskChains.model_fields).upper()
    for name in sorted(values):
        if name.startswith("LLM_CHAIN_") and name not in _chain_variables():
            yield Fault(name, f"is for no task; the tasks are {tasks}")


def _unknown_providers(values: Mapping[str, str], known: tuple[str, ...]) -> Iterator[Fault]:
    """Names that are well formed; the rest was told when its group was read."""
    for variable in ("LLM_PROVIDER", "LLM_CHAIN", *_chain_variables()):
        for part in map(str.strip, values.get(variable, "").split(",")):
            provider = part.partition(":")[0]
            allowed = (*known, OFFLINE) if variable == "LLM_PROVIDER" else known
            if _PROVIDER_NAME.fullmatch(provider) and provider not in allowed:
                example = "openrouter" if variable == "LLM_PROVIDER" else _CHAIN
                issue = f"should name a provider of {', '.join(allowed)}"
                yield Fault(variable, issue, value=ascii(part[:100]), example=example)


def _chain_variables() -> Iterator[str]:
    for task in TaskChains.model_fields:
        yield f"LLM_CHAIN_{task.upper()}"


def _homeless(llm: Llm) -> Iterator[Fault]:
    """Custom providers have no usual address, and may not go by the name of another."""
    for name, connection in llm.custom.items():
        variable = f"CUSTOM_{name.upper()}_BASE_URL"
        if name in (*PROVIDERS, OFFLINE):
            yield Fault(variable, f"takes the name of {name}; choose another", example="")
        elif connection.base_url is None:
            yield Fault(variable, "is missing", example="http://localhost:9000/v1")

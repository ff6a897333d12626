"""How the service itself runs."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from app.kit.contradiction import contradiction
from app.kit.environment import Group
from app.settings.fields import (
    DatabaseUrl,
    DataDir,
    Host,
    LogFormat,
    LogLevel,
    NoAccounts,
    Origins,
    Seconds,
)


class Server(Group):
    host: Host = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 is every interface.")
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
    auth_required: NoAccounts = Field(
        default=False, description="Whether callers must sign in; false until there are accounts."
    )


class Storage(Group):
    data_dir: DataDir = Field(
        Path("./data"), description="Folder of the embedded database, logs and caches."
    )
    database_url: DatabaseUrl | None = Field(
        None,
        description="PostgreSQL to use; empty starts the embedded one in DATA_DIR.",
        examples=["postgresql://parley:change-me@localhost:5432/parley"],
    )
    database_pool_size: int = Field(
        10, ge=1, le=500, description="Size of each of the two connection pools."
    )


class Logs(Group):
    model_config = SettingsConfigDict(env_prefix="LOG_")

    level: LogLevel = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL.")
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
            raise contradiction("min_rounds", issue=issue, example=f"{self.max_rounds}")
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
            example = f"{2 * self.heartbeat_interval:g}"
            raise contradiction("stalled_after", issue=issue, example=example)
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

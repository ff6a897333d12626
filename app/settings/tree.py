"""The whole tree, and how it is read."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from app.kit.environment import Environment, Variable, variables
from app.kit.frozen import frozen
from app.settings.fields import PROVIDERS
from app.settings.language_models import Connection, Llm, Routing, TaskChains, Timeouts, read_llm
from app.settings.partners import (
    Analysis,
    ElevenLabs,
    Galileo,
    OpenTelemetry,
    Sentry,
    Telemetry,
    Voice,
)
from app.settings.service import Chat, Jobs, Logs, Market, Server, Storage, Stream


@frozen
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
        llm=read_llm(environment),
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

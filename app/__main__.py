"""`python -m app`: the commands of the service. What a command needs is imported inside it, so
that `--help` answers at once."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from app.settings import Settings

EXIT_UNUSABLE = 2
"""The exit code when the settings or the machine don't allow what was asked for."""

cli = typer.Typer(
    name="parley",
    help="Parley: agents negotiate over whichever language models are at hand.",
    epilog="Settings come from the environment and .env; .env.example lists them all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.command()
def serve() -> None:
    """Serve the API and the console, and run jobs unless RUN_WORKER=false.

    Starts the embedded PostgreSQL when DATABASE_URL is unset, and brings the schema up to date.
    SIGTERM or Ctrl-C ends it within ten seconds; whatever was running goes on after the next start.
    """
    settings = _settings()

    from app.web import server

    try:
        listener = server.listen(settings.server.host, settings.server.port)
    except server.AddressInUse as error:
        _give_up(str(error))
    address = server.address_of(listener)

    from app.main import create_app

    def announce() -> None:
        typer.echo(f"Console          {address}/\nAPI description  {address}/docs")

    server.serve(create_app(settings), listener, on_ready=announce)


@cli.command()
def worker() -> None:
    """Run jobs without serving anything: for more machines on one DATABASE_URL."""
    settings = _settings()

    from app.lifespan import run_worker

    run_worker(settings)


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date, and end.

    Processes that do so at the same time wait for each other.
    """
    settings = _settings()

    from app.lifespan import migrate as migrate_database

    before, after = migrate_database(settings)
    typer.echo(f"The schema is at {after}" + ("." if before == after else f"; it was at {before}."))


@cli.command()
def check_config() -> None:
    """Tell every wrong setting with an example that works, or that all are fine.

    Exits with 2 when one is wrong. Nothing is started or connected.
    """
    settings = _settings()
    database = "embedded" if settings.database_url is None else "DATABASE_URL"
    typer.echo(
        "The settings are fine.\n"
        f"  address    {settings.server.host}:{settings.server.port}\n"
        f"  data       {settings.data_dir}\n"
        f"  database   {database}\n"
        f"  providers  {', '.join(_configured(settings)) or 'none: agents play offline'}"
    )


@cli.command()
def openapi(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead.")
    ] = None,
) -> None:
    """Print the API description (OpenAPI, JSON)."""
    import json

    from app.main import create_app

    text = json.dumps(create_app(_settings()).openapi(), indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")


def _settings() -> "Settings":
    from app.settings import SettingsInvalid, load_settings
    from app.telemetry import configure_logs

    try:
        settings = load_settings()
    except SettingsInvalid as error:
        _give_up(str(error))
    configure_logs(settings.logs.level, settings.logs.format)
    return settings


def _configured(settings: "Settings") -> list[str]:
    connections = settings.llm.connections.items()
    return [name for name, connection in connections if connection.api_key or connection.base_url]


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(EXIT_UNUSABLE)


if __name__ == "__main__":
    # SIGTERM ends a command as its last line would: what is open is closed, and the exit is 0.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    cli(prog_name="python -m app")

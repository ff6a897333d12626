"""`python -m app`: the commands of the service. What a command needs is imported inside it, so
that `--help` answers at once."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from app.kit import garbage
from app.kit.last_resort import end_soon
from app.kit.lean import load_less
from app.kit.threads import give_way_quickly

if TYPE_CHECKING:
    from app.gateway import Progress
    from app.settings import Settings

EXIT_FAILED = 1
"""The exit code when all that was to be done failed."""
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
    garbage.hold_off()
    give_way_quickly()
    load_less()
    settings = _settings()

    from app import web

    try:
        listener = web.listen(settings.server.host, settings.server.port)
    except web.AddressInUse as error:
        _give_up(str(error))
    address = web.address_of(listener)

    from app.main import create_app

    def announce() -> None:
        typer.echo(f"Console          {address}/\nAPI description  {address}/docs")

    with _told(), suppress(KeyboardInterrupt):
        web.serve(create_app(settings), listener, on_ready=announce)


@cli.command()
def worker() -> None:
    """Run jobs without serving anything: for more machines on one DATABASE_URL."""
    garbage.hold_off()
    give_way_quickly()
    load_less()
    settings = _settings()

    from app.lifespan import run_worker

    with _told(), suppress(KeyboardInterrupt):
        run_worker(settings)


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date, and end.

    Processes that do so at the same time wait for each other.
    """
    settings = _settings()

    from app import lifespan

    with _told():
        before, after = lifespan.migrate(settings)
    typer.echo(f"The schema is at {after}" + ("." if before == after else f"; it was at {before}."))


@cli.command()
def discover() -> None:
    """Ask every configured provider which models it has, and store what it tells.

    Exits with 1 when every provider failed. A running service does so by itself, when it
    starts and every hour.
    """
    settings = _settings()

    from app import lifespan
    from app.gateway import discovery_lines

    with _told(), _progress("Asking") as progress:
        report = lifespan.discover(settings, progress)
    typer.echo("\n".join(discovery_lines(report)))
    if report.failed:
        sys.exit(EXIT_FAILED)


@cli.command()
def benchmark(
    top: Annotated[int, typer.Option(min=1, max=10, help="Models of each provider, at most.")] = 3,
    provider: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be given several times.")
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Only this kind of task; may be given several times.")
    ] = None,
    *,
    free: Annotated[
        bool | None,
        typer.Option("--free/--any", help="No model that may cost something; or any, by rank."),
    ] = None,
) -> None:
    """Put the best-placed models of each provider to exercises, and store how they did.

    Free models come first; those that cost something are asked too, unless --free is given.
    Exits with 1 when no model answered.
    """
    settings = _settings()

    from app import lifespan
    from app.gateway import BenchmarkPlan, benchmark_lines

    with _told(), _progress("Measuring") as progress:
        plan = BenchmarkPlan.of(top, provider or (), task or (), free=free)
        report = lifespan.benchmark(settings, plan, progress)
    typer.echo("\n".join(benchmark_lines(report)))
    if report.failed:
        sys.exit(EXIT_FAILED)


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
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        _give_up(f"can't write '{output}': {error.strerror}. Try -o api.json", EXIT_FAILED)


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
    connections = {**settings.llm.connections, **settings.llm.custom}.items()
    return [name for name, connection in connections if connection.api_key or connection.base_url]


@contextmanager
def _told() -> Iterator[None]:
    """Tells what the machine doesn't allow in a sentence; a traceback is for bugs."""
    from sqlalchemy.exc import OperationalError

    from app.errors import AppError

    try:
        yield
    except AppError as error:
        _give_up(error.message)
    except OperationalError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        _give_up(f"the database can't be used: {reason}. Check DATABASE_URL, or leave it empty")


@contextmanager
def _progress(what: str) -> Iterator["Progress"]:
    """A bar on the standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, count, total: bar.update(
            task, description=f"{what} · {done}", completed=count, total=total
        )


def _give_up(message: str, code: int = EXIT_UNUSABLE) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


def _terminate(*_: object) -> None:
    end_soon()
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    # One way to be stopped: what ends in order on Ctrl-C does so on SIGTERM.
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # as a shell's background work inherits it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)
    cli(prog_name="python -m app")

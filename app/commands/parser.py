"""Reads the command line, and has the short commands."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import lasting
from app.commands.outcome import EXIT_FAILED, checked_settings, give_up, say, told

if TYPE_CHECKING:
    from app.gateway import Progress
    from app.settings import Settings

cli = typer.Typer(
    name="parley",
    help="Parley: agents negotiate over whichever language models are at hand.",
    epilog="Settings come from the environment and .env; .env.example lists them all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


cli.command()(lasting.serve)
cli.command()(lasting.worker)


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date, and end.

    Processes that do so at the same time wait for each other.
    """
    settings = checked_settings()

    from app import lifespan

    with told():
        before, after = lifespan.migrate(settings)
    say(f"The schema is at {after}" + ("." if before == after else f"; it was at {before}."))


@cli.command()
def discover() -> None:
    """Ask every configured provider which models it has, and store what it tells.

    Exits with 1 when every provider failed. A running service does so by itself, when it
    starts and every hour.
    """
    settings = checked_settings()

    from app import lifespan
    from app.gateway import discovery_lines

    with told(), _progress("Asking") as progress:
        report = lifespan.discover(settings, progress)
    say("\n".join(discovery_lines(report)))
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
    settings = checked_settings()

    from app import lifespan
    from app.gateway import BenchmarkPlan, benchmark_lines

    with told(), _progress("Measuring") as progress:
        plan = BenchmarkPlan.of(top, provider or (), task or (), free=free)
        report = lifespan.benchmark(settings, plan, progress)
    say("\n".join(benchmark_lines(report)))
    if report.failed:
        sys.exit(EXIT_FAILED)


@cli.command()
def check_config() -> None:
    """Tell every wrong setting with an example that works, or that all are fine.

    Exits with 2 when one is wrong. Nothing is started or connected.
    """
    settings = checked_settings()
    database = "embedded" if settings.database_url is None else "DATABASE_URL"
    say(
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

    text = json.dumps(create_app(checked_settings()).openapi(), indent=2, ensure_ascii=False)
    if output is None:
        say(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        give_up(f"can't write '{output}': {error.strerror}. Try -o api.json", EXIT_FAILED)


def _configured(settings: "Settings") -> list[str]:
    connections = {**settings.llm.connections, **settings.llm.custom}.items()
    return [name for name, connection in connections if connection.api_key or connection.base_url]


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

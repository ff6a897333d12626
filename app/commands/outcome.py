"""How a command begins and how it tells that it can't go on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from app.settings import Settings

EXIT_FAILED = 1
"""The exit code when all that was to be done failed."""
EXIT_UNUSABLE = 2
"""The exit code when the settings or the machine don't allow what was asked for."""


def checked_settings() -> "Settings":
    """With the logs set up by them. Ends the process where one is wrong."""
    from app.settings import SettingsInvalid, load_settings
    from app.telemetry import configure_logs

    try:
        settings = load_settings()
    except SettingsInvalid as error:
        give_up(str(error))
    configure_logs(settings.logs.level, settings.logs.format)
    return settings


@contextmanager
def told() -> Iterator[None]:
    """Tells what the machine doesn't allow in a sentence; a traceback is for bugs."""
    from sqlalchemy.exc import OperationalError

    from app.errors import AppError

    try:
        yield
    except AppError as error:
        give_up(error.message)
    except OperationalError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        give_up(f"the database can't be used: {reason}. Check DATABASE_URL, or leave it empty")


def say(line: str) -> None:
    """At once, whoever reads it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def give_up(message: str, code: int = EXIT_UNUSABLE) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)

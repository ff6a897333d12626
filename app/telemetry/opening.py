"""Opens the ways out, and closes them within a second."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from app.kit.trace import current_trace
from app.telemetry.exporters.status import OFF, Delivery, ExporterStatus
from app.telemetry.options import OtelOptions, SentryOptions, TelemetryOptions
from app.telemetry.reports import MeaningOf, Report, reporting_to
from app.telemetry.spans import Spans

if TYPE_CHECKING:
    from app.telemetry.exporters.otel import OtelSpans
    from app.telemetry.exporters.sentry import Sentry

_CLOSE_SECONDS = 0.8


class _Off:
    def status(self) -> Delivery:
        return OFF


@asynccontextmanager
async def open_telemetry(
    options: TelemetryOptions, spans: Spans, meaning_of: MeaningOf
) -> AsyncIterator[Mapping[str, ExporterStatus]]:
    """Joins `spans` and the log to what is on; yields how it goes with each, by name. What breaks
    the block, too, is reported, where it is a bug."""
    sentry = None if options.sentry is None else _sentry(options.sentry)
    otel = None if options.otel is None else _otel(options.otel)
    on = [exporter for exporter in (sentry, otel) if exporter is not None]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_close, on)
        stack.enter_context(spans.going_to(*on))
        if sentry is not None:
            stack.enter_context(reporting_to(sentry, meaning_of))
        try:
            yield {"sentry": sentry or _Off(), "otel": otel or _Off()}
        except Exception as error:
            if sentry is not None and meaning_of(error).level >= logging.ERROR:
                sentry.report(Report("service.failed", None, error, {}, current_trace()))
            raise


def _sentry(options: SentryOptions) -> "Sentry":
    from app.telemetry.exporters.sentry import Sentry  # noqa: PLC0415  # only where it is on

    sentry = Sentry(options)
    sentry.start()
    return sentry


def _otel(options: OtelOptions) -> "OtelSpans":
    from app.telemetry.exporters.otel import OtelSpans  # noqa: PLC0415  # only where it is on

    otel = OtelSpans(options)
    otel.start()
    return otel


async def _close(exporters: "list[Sentry | OtelSpans]") -> None:
    await asyncio.gather(
        *(asyncio.to_thread(exporter.close, _CLOSE_SECONDS) for exporter in exporters)
    )

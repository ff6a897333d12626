"""Has the SDK build traces in its own form. It makes no request here, and needs no key."""

import asyncio
import atexit
import logging
from datetime import UTC, datetime
from functools import cache
from typing import Any

from app.kit.ids import id_of
from app.telemetry.exporters.galileo.trouble import GalileoError, Trouble
from app.telemetry.exporters.galileo.values import LlmSpanValue, ToolSpanValue, TraceValue

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST = TraceValue(
    id_of("first"), "", "", "", _AT, 0, 200,
    spans=(LlmSpanValue("", None, ({"role": "user", "content": ""},),
                        {"role": "assistant", "content": ""}, _AT, 0, 0, 0, 0, 200),
           ToolSpanValue("", "", "", _AT)),
)  # fmt: skip

Logger = Any
"""The SDK's `GalileoLogger`: it comes without types that a checker would read."""


def build(trace: TraceValue) -> dict[str, Any]:
    """The trace as JSON values, for the `traces` of an ingest request. Takes about a millisecond,
    the first time some seconds: for a thread without an event loop. Raises `GalileoError`."""
    built: list[dict[str, Any]] = []

    async def take(request: Any) -> None:
        body = request.model_dump(mode="json", exclude_none=True)
        built.extend(body["traces"])

    logger = _sdk()(project="unused", log_stream="unused", mode="batch", ingestion_hook=take)
    # Nothing is left to be flushed as the interpreter ends, and nothing may hold that up.
    atexit.unregister(logger.terminate)
    _fill(logger, trace)
    asyncio.run(logger.async_flush())
    if len(built) != 1 or len(built[0]["spans"]) != len(trace.spans):
        raise GalileoError(Trouble.NOT_BUILT, f"the SDK built no trace of {trace.id}")
    return built[0]


@cache
def _sdk() -> Logger:
    # Two seconds and 70 MB: only where it is on.
    from galileo import GalileoLogger  # type: ignore[import-untyped]  # noqa: PLC0415

    for name in ("galileo", "galileo_core"):
        # It logs what it can't build, words and all; here that is seen by its absence.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return GalileoLogger


def load() -> None:
    """Imports the SDK and has it build a trace, so that no other one takes seconds. For a thread
    without an event loop."""
    build(_FIRST)


def _fill(logger: Logger, trace: TraceValue) -> None:
    """One logger holds one trace: it has a mutable notion of where it is."""
    begun = logger.start_trace(
        input=trace.input,
        name=trace.name,
        created_at=trace.created_at,
        metadata={**trace.metadata},
        tags=[*trace.tags],
        external_id=str(trace.id),
    )
    if begun is None:  # the SDK's way of failing, whatever its types say
        raise GalileoError(Trouble.NOT_BUILT, f"the SDK began no trace of {trace.id}")
    begun.id = trace.id
    for span in trace.spans:
        if isinstance(span, LlmSpanValue):
            _add_llm_span(logger, span)
        else:
            _add_tool_span(logger, span)
    logger.conclude(
        output=trace.output, duration_ns=trace.duration_ns, status_code=trace.status_code
    )


def _add_llm_span(logger: Logger, span: LlmSpanValue) -> None:
    tokens = (span.prompt_tokens, span.completion_tokens)
    logger.add_llm_span(
        input=[dict(message) for message in span.input],
        output=dict(span.output),
        model=span.model,
        name=span.name,
        tools=[dict(tool) for tool in span.tools] or None,
        created_at=span.created_at,
        duration_ns=span.duration_ns,
        time_to_first_token_ns=span.first_token_ns,
        num_input_tokens=span.prompt_tokens,
        num_output_tokens=span.completion_tokens,
        total_tokens=None if None in tokens else sum(filter(None, tokens)),
        temperature=span.temperature,
        status_code=span.status_code,
        metadata={**span.metadata},
    )


def _add_tool_span(logger: Logger, span: ToolSpanValue) -> None:
    logger.add_tool_span(
        input=span.input,
        output=span.output,
        name=span.name,
        created_at=span.created_at,
        tool_call_id=span.tool_call_id,
        metadata={**span.metadata},
        status_code=200,
    )

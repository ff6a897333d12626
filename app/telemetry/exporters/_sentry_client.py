"""Sentry's SDK, as far as it is wanted: it builds and sends envelopes.

A client of its own and no `sentry_sdk.init`: nothing is patched, no hook is set in the process, and
no other library's work is watched. Errors and timings are handed to it. Only imported where a DSN
is set.
"""

from typing import Any

from sentry_sdk.client import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import HttpTransport
from sentry_sdk.utils import event_from_exception
from urllib3.exceptions import HTTPError

from app.telemetry.exporters._sentry_events import Event, literal_messages
from app.telemetry.exporters._sentry_scrub import scrubbed
from app.telemetry.exporters.courier import NotDeliveredError

_TIMEOUT_SECONDS = 5


class _Transport(HttpTransport):
    """Sends in the thread of whoever asks, once, and keeps what the SDK says went wrong."""

    TIMEOUT = _TIMEOUT_SECONDS
    dropped: str | None = None

    def _get_pool_options(self) -> dict[str, Any]:
        return {**super()._get_pool_options(), "retries": False}

    def capture_envelope(self, envelope: Envelope) -> None:
        self._send_envelope(envelope)

    def on_dropped_event(self, reason: str) -> None:
        self.dropped = reason


class SentryClient:
    """For one thread at a time, but `exceptions_of`."""

    def __init__(self, dsn: str, *, release: str, environment: str, share: float) -> None:
        self._client = Client(
            dsn=dsn,
            release=release,
            environment=environment,
            server_name="",
            traces_sample_rate=share,
            transport=_Transport,
            integrations=[],  # requests, jobs, streams and calls to models are reported by us
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            enable_backpressure_handling=False,
            spotlight=False,
            propagate_traces=False,
            trace_propagation_targets=[],
            max_breadcrumbs=0,
            max_request_body_size="never",
            include_local_variables=False,
            include_source_context=False,
            stream_gen_ai_spans=False,  # with the request that they are part of
            before_send=scrubbed,  # type: ignore[arg-type]  # an event is a dictionary
            before_send_transaction=scrubbed,  # type: ignore[arg-type]  # the same
        )

    def exceptions_of(self, error: BaseException) -> list[Event]:
        """The error and what led to it, with the stack; takes a millisecond or two."""
        told, _ = event_from_exception(error, client_options=self._client.options)
        values: list[Event] = told["exception"]["values"]
        literal = literal_messages(error)
        return [
            {**value, "value": value.get("value") if value.get("value") in literal else ""}
            for value in values
        ]

    def send(self, event: Event) -> None:
        """Waits for the answer, some seconds at most. Raises `NotDeliveredError`."""
        transport = self._client.transport
        if not isinstance(transport, _Transport):
            raise TypeError("the SDK took another transport")
        transport.dropped = None
        try:
            self._client.capture_event(event)  # type: ignore[arg-type]  # a dictionary of that form
        except (HTTPError, OSError):
            raise NotDeliveredError("UNREACHABLE", again=True) from None
        if (reason := transport.dropped) is not None:
            raise NotDeliveredError(reason.upper(), again=reason.startswith("status_5"))

    def close(self) -> None:
        self._client.close(timeout=0)

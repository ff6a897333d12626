"""What every endpoint shares: middleware, errors, strict JSON, event streams, health."""

from app.web.body_limit import PayloadTooLarge
from app.web.dependencies import Streams
from app.web.download import Download
from app.web.errors import EXCEPTION_HANDLERS, InternalError, error_headers, meaning_of
from app.web.event_stream import Closing, EventStreams, Signal
from app.web.fields import Timestamp
from app.web.health import BoundedCheck, Health, ModelsHealth
from app.web.live_response import LiveResponse
from app.web.live_stream import LiveStream, ServerClosing
from app.web.media import Finished, Media, MediaResponse, Opened
from app.web.middleware import middleware_stack
from app.web.openapi import Api, event_stream, problems
from app.web.opened_stream import OpenedStream
from app.web.presence import CallerPresent, leaving
from app.web.ranges import RangeNotSatisfiable
from app.web.raw_route import body_of, served_by
from app.web.responses import JSONResponse, writable
from app.web.route import Router
from app.web.server import AddressInUse, address_of, listen, serve
from app.web.upload import FORM_BYTES, Upload, UploadInvalid, uploaded
from app.web.validation import quoted

__all__ = [
    "EXCEPTION_HANDLERS",
    "FORM_BYTES",
    "AddressInUse",
    "Api",
    "BoundedCheck",
    "CallerPresent",
    "Closing",
    "Download",
    "EventStreams",
    "Finished",
    "Health",
    "InternalError",
    "JSONResponse",
    "LiveResponse",
    "LiveStream",
    "Media",
    "MediaResponse",
    "ModelsHealth",
    "Opened",
    "OpenedStream",
    "PayloadTooLarge",
    "RangeNotSatisfiable",
    "Router",
    "ServerClosing",
    "Signal",
    "Streams",
    "Timestamp",
    "Upload",
    "UploadInvalid",
    "address_of",
    "body_of",
    "error_headers",
    "event_stream",
    "leaving",
    "listen",
    "meaning_of",
    "middleware_stack",
    "problems",
    "quoted",
    "serve",
    "served_by",
    "uploaded",
    "writable",
]

"""What every endpoint shares: middleware, errors, strict JSON, event streams, health."""

from app.web.errors import EXCEPTION_HANDLERS
from app.web.event_stream import Closing, EventStreams, Signal
from app.web.health import BoundedCheck, Health, ModelsHealth
from app.web.middleware import middleware_stack
from app.web.openapi import Api, event_stream, problems
from app.web.responses import JSONResponse
from app.web.route import Router
from app.web.server import AddressInUse, address_of, listen, serve

__all__ = [
    "EXCEPTION_HANDLERS",
    "AddressInUse",
    "Api",
    "BoundedCheck",
    "Closing",
    "EventStreams",
    "Health",
    "JSONResponse",
    "ModelsHealth",
    "Router",
    "Signal",
    "address_of",
    "event_stream",
    "listen",
    "middleware_stack",
    "problems",
    "serve",
]

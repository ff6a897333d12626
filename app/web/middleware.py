"""The middleware of the service, outermost first; the order is the documentation."""

from collections.abc import Mapping, Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.web.access_log import AccessLog
from app.web.body_limit import BodyLimit
from app.web.error_boundary import ErrorBoundary, Render
from app.web.request_context import HEADER, RequestContext
from app.web.well_formed import WellFormedAddress

_TOLD = (
    HEADER,
    "retry-after",
    "x-parley-model",
    "x-parley-attempts",
    "x-parley-cache",
    "x-parley-cost",
)


def middleware_stack(
    *,
    cors_origins: Sequence[str],
    body_limit_bytes: int,
    special_limits: Mapping[str, int] | None = None,
    error_forms: Mapping[str, Render] | None = None,
) -> list[Middleware]:
    """What FastAPI's `middleware` takes. The last two go by how a path begins: body limits in
    bytes and forms of errors that differ from the usual."""
    return [
        Middleware(RequestContext),  # an id on everything, a preflight answer too
        Middleware(
            CORSMiddleware,  # outside of the errors: a browser hides one without these headers
            allow_origins=tuple(cors_origins),
            allow_methods=("*",),
            allow_headers=("*",),
            expose_headers=_TOLD,
        ),
        Middleware(AccessLog),
        Middleware(ErrorBoundary, forms=error_forms),
        Middleware(WellFormedAddress),
        Middleware(BodyLimit, most=body_limit_bytes, special=special_limits),
    ]

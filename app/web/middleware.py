"""The middleware of the service, outermost first; the order is the documentation."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.web.access_log import AccessLog
from app.web.body_limit import BodyLimit
from app.web.error_boundary import ErrorBoundary
from app.web.request_context import HEADER, RequestContext
from app.web.well_formed import WellFormedAddress


def middleware_stack(*, cors_origins: Sequence[str], body_limit_bytes: int) -> list[Middleware]:
    """What FastAPI's `middleware` takes."""
    return [
        Middleware(RequestContext),  # an id on everything, a preflight answer too
        Middleware(
            CORSMiddleware,  # outside of the errors: a browser hides one without these headers
            allow_origins=tuple(cors_origins),
            allow_methods=("*",),
            allow_headers=("*",),
            expose_headers=(HEADER, "retry-after"),
        ),
        Middleware(AccessLog),
        Middleware(ErrorBoundary),
        Middleware(WellFormedAddress),
        Middleware(BodyLimit, most=body_limit_bytes),
    ]

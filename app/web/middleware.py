"""What stands around the endpoints, outermost first."""

from collections.abc import Iterable, Mapping, Sequence

from fastapi import APIRouter
from starlette.middleware import Middleware

from app.kit.spans import NoSpans, SpanSink
from app.web.access_log import AccessLog
from app.web.body_limit import BodyLimit
from app.web.edge import Edge
from app.web.error_boundary import ErrorForms, Render
from app.web.raw_route import RawPaths, raw_paths
from app.web.request_context import HEADER

_EXPOSED = (
    HEADER,
    "retry-after",
    "x-parley-model",
    "x-parley-attempts",
    "x-parley-cache",
    "x-parley-cost",
    "x-parley-error",
    "x-parley-generation",
)


def middleware_stack(
    *,
    cors_origins: Sequence[str],
    body_limit_bytes: int,
    special_limits: Mapping[str, int] | None = None,
    error_forms: Mapping[str, Render] | None = None,
    accounted: Sequence[str] = (),
    routers: Iterable[APIRouter] = (),
    spans: SpanSink | None = None,
) -> list[Middleware]:
    """What FastAPI's `middleware` takes. `spans` is where each request's goes.

    Three of them go by how a path begins: `special_limits` of bodies in bytes, `error_forms` that
    differ from the usual, and what keeps an account of its calls beside the log.
    """
    cors: dict[str, object] = {
        "allow_origins": tuple(cors_origins),
        "allow_methods": ("*",),
        "allow_headers": ("*",),
        "expose_headers": _EXPOSED,
    }
    return [
        Middleware(
            Edge,
            cors=cors,
            access_log=AccessLog(tuple(accounted)),
            errors=ErrorForms(error_forms),
            limit=BodyLimit(body_limit_bytes, special_limits),
            spans=spans or NoSpans(),
        ),
        Middleware(RawPaths, raw=raw_paths(routers)),
    ]

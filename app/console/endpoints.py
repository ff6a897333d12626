"""`GET /` for people and for programs, and the console's files."""

import mimetypes
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.staticfiles import StaticFiles

from app.web import JSONResponse, Router

_HEADERS = {  # speech is put together from pieces, and played from a blob of the page's own
    "content-security-policy": "default-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",  # asks each time, and mostly hears that nothing changed
}
_files = StaticFiles(directory=Path(__file__).parent / "static")

router = Router(tags=["console"])


class Greeting(BaseModel):
    app: Literal["Parley"] = "Parley"
    version: str
    status: Literal["running"] = "running"


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Greeting, "content": {"text/html": {"schema": {"type": "string"}}}}
}


@router.get("/", responses=_ANSWERS, response_class=JSONResponse)
async def root(request: Request) -> Response:
    """To a browser the console; to any other client what runs here."""
    if prefers_html(",".join(request.headers.getlist("accept"))):
        answer = await _file("index.html", request)
    else:
        answer = JSONResponse(Greeting(version=request.app.version).model_dump())
    answer.headers["vary"] = "accept"
    return answer


@router.api_route("/console/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def console_file(path: str, request: Request) -> Response:
    return await _file(path, request)


@cache
def _known_types() -> None:
    """Some systems map .js to text/plain, which a browser that mustn't sniff refuses to run. What
    they map is read when a page is first asked for."""
    mimetypes.add_type("text/javascript", ".js")


async def _file(path: str, request: Request) -> Response:
    _known_types()
    answer = await _files.get_response(path, request.scope)
    answer.headers.update(_HEADERS)
    return answer


def prefers_html(accept: str) -> bool:
    """Whether HTML is wanted more than JSON (RFC 9110, 12.5.1); where either will do, it isn't."""
    ranges = dict(_media_range(part) for part in accept.lower().split(","))
    return _quality(ranges, "text/html") > _quality(ranges, "application/json")


def _quality(ranges: dict[str, float], media_type: str) -> float:
    family = media_type.partition("/")[0] + "/*"
    return next((ranges[name] for name in (media_type, family, "*/*") if name in ranges), 0.0)


def _media_range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return name, float(weight)
    except ValueError:
        return name, 0.0

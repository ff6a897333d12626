"""The API description for people, from files of our own: it works without the internet."""

from pathlib import Path

from fastapi import Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from app.web.route import Router

_FILES = StaticFiles(directory=Path(__file__).parent / "vendor" / "swagger-ui")
_ICON = "data:,"

router = Router(include_in_schema=False)


@router.get("/docs")
async def description(request: Request) -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url=str(request.app.openapi_url),
        title=f"{request.app.title} API",
        swagger_js_url="/docs/swagger-ui-bundle.js",
        swagger_css_url="/docs/swagger-ui.css",
        swagger_favicon_url=_ICON,
    )


@router.api_route("/docs/{path:path}", methods=["GET", "HEAD"])
async def description_file(path: str, request: Request) -> Response:
    return await _FILES.get_response(path, request.scope)

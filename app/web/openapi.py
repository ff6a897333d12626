"""The API description, with the errors as they really look."""

import inspect
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError, InvalidInput
from app.web.edge import Edge

_COMPONENT = "#/components/schemas/{model}"
_ENVELOPE = {"$ref": _COMPONENT.format(model="ErrorEnvelope")}
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")


class ErrorDetail(BaseModel):
    field: str = Field(description="Path of the field in the request.", examples=["sellers.0.name"])
    issue: str = Field(description="What is wrong with it.", examples=["is required"])


class ErrorContent(BaseModel):
    code: str = Field(description="For programs.", examples=[InvalidInput.code])
    message: str = Field(description="For people.", examples=["sellers.0.name is required"])
    details: list[ErrorDetail] = Field(description="Every bad field; empty for other errors.")
    timestamp: str = Field(description="UTC, ISO 8601.", examples=["2026-01-31T12:00:00.000000Z"])


class ErrorEnvelope(BaseModel):
    """What every answer that isn't a success looks like."""

    error: ErrorContent


def problems(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint, told by the errors it raises."""
    by_status: dict[int, list[type[AppError]]] = defaultdict(list)
    for error in errors:
        by_status[error.status].append(error)
    return {status: _response(classes) for status, classes in by_status.items()}


def _response(errors: list[type[AppError]]) -> dict[str, Any]:
    return {
        "model": ErrorEnvelope,
        "description": " or ".join(f"`{error.code}`" for error in errors),
        "content": {
            "application/json": {"examples": {error.code: _example(error) for error in errors}}
        },
    }


def event_stream(
    events: TypeAdapter[Any], *, name: str, description: str, example: str
) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that streams `events`, which become the component `name`.

    `itemSchema` is OpenAPI 3.2's word for what a stream consists of; the tools that know streams
    read it in a 3.1 description too.
    """
    schema = {"title": name, **events.json_schema(mode="serialization", ref_template=_COMPONENT)}
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
    fields = {"id": {"type": "string"}, "event": {"type": "string"}, "retry": {"type": "integer"}}
    item = {"type": "object", "required": ["event", "data"], "properties": {**fields, "data": data}}
    body = {"itemSchema": item, "example": example}
    return {200: {"description": description, "content": {"text/event-stream": body}}}


def _example(error: type[AppError]) -> dict[str, Any]:
    meaning = (inspect.getdoc(error) or error.code).partition("\n\n")[0].replace("\n", " ")
    issues = [{"field": "sellers.0.name", "issue": "is required"}] if error.status == 400 else []
    content = {
        "code": error.code,
        "message": meaning,
        "details": issues if error.code == InvalidInput.code else [],
        "timestamp": "2026-01-31T12:00:00.000000Z",
    }
    return {"summary": meaning, "value": {"error": content}}


class Api(FastAPI):
    """A FastAPI application that describes its errors truly, and has our edge for its outermost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Without asking on each request whether somebody wants the framework's telemetry."""
        if self.middleware_stack is None or scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Without the framework's layers around the edge, which would do over again what it does:
        each costs as much as a look into the body."""
        whole: Any = super().build_middleware_stack()
        layer = whole
        while layer is not None and not isinstance(layer, Edge):
            layer = getattr(layer, "app", None)
        return layer or whole

    def openapi(self) -> dict[str, Any]:
        return _with_events(_with_our_errors(super().openapi()))


def _with_our_errors(description: dict[str, Any]) -> dict[str, Any]:
    """Puts a 400 of ours where the framework announces its own 422, and our envelope everywhere.
    Changes `description` in place; a second time nothing."""
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    nested = ErrorEnvelope.model_json_schema(ref_template=_COMPONENT)
    schemas |= nested.pop("$defs") | {"ErrorEnvelope": nested}
    for operation in _operations(description):
        _describe_errors(operation)
    return description


def _with_events(description: dict[str, Any]) -> dict[str, Any]:
    """Moves the schemas of streams' events to the components. Like the above, once."""
    schemas = description["components"]["schemas"]
    for operation in _operations(description):
        for body in operation["responses"].get("200", {}).get("content", {}).values():
            if "itemSchema" not in body:
                continue
            data = body["itemSchema"]["properties"]["data"]
            if "$defs" in (events := data["contentSchema"]):
                schemas |= events.pop("$defs") | {events["title"]: events}
                data["contentSchema"] = {"$ref": _COMPONENT.format(model=events["title"])}
    return description


def _operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in description["paths"].values():
        yield from path.values()


def _describe_errors(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    if "parameters" in operation or "requestBody" in operation:
        responses.setdefault("400", _inline(InvalidInput, "The request holds unusable values."))
    responses.setdefault("default", _inline(AppError, "Any other error."))


def _inline(error: type[AppError], description: str) -> dict[str, Any]:
    example = {"examples": {error.code: _example(error)}, "schema": _ENVELOPE}
    return {"description": description, "content": {"application/json": example}}

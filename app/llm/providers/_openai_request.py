"""Writes requests of the OpenAI wire."""

from typing import Any

from app.llm.catalogue.traits import OutputWay, Traits
from app.llm.messages import Message, ModelRequest, Role
from app.llm.output import fenced_instructions, request_fields
from app.llm.providers.registry import ProviderRow


def chat_body(
    request: ModelRequest, model: str, *, row: ProviderRow, traits: Traits, way: OutputWay | None
) -> dict[str, Any]:
    """The body of `POST /chat/completions`, always for a streamed answer, so that the time to the
    first token can be told from the time to the last."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in _messages(request, way)],
        "stream": True,
    }
    if row.stream_usage:
        body["stream_options"] = {"include_usage": True}
    if request.temperature is not None and traits.takes_temperature:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body[traits.max_tokens_field] = request.max_tokens
    if request.output is not None and way is not None:
        body |= request_fields(way, request.output)
    return body


def _messages(request: ModelRequest, way: OutputWay | None) -> tuple[Message, ...]:
    """Instructions join the first system message: many chat templates take only one."""
    if request.output is None or way is not OutputWay.FENCED:
        return request.messages
    asked = fenced_instructions(request.output)
    match request.messages:
        case (Message(role=Role.SYSTEM, content=said), *rest):
            return (Message(Role.SYSTEM, f"{said}\n\n{asked}"), *rest)
        case others:
            return (Message(Role.SYSTEM, asked), *others)

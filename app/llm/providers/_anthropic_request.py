"""Writes requests of Anthropic's messages API.

Sampling parameters are left out: the API has none any more. See `anthropic.types`, where the
parameters of `messages.create` are described.
"""

from typing import Any

from app.llm.catalogue.traits import OutputWay
from app.llm.messages import ModelRequest, Role, Tool, ToolChoice
from app.llm.output import fenced_instructions
from app.llm.providers._anthropic_messages import turns_of
from app.llm.tokens import prompt_tokens

_MARK = {"type": "ephemeral"}
_MODES = {"auto": "auto", "none": "none", "required": "any"}


def message_body(
    request: ModelRequest,
    model: str,
    *,
    max_tokens: int,
    cache_from: int | None = None,
    way: OutputWay | None = None,
    schema: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The arguments of `messages.create`. `max_tokens` counts when the request has none, since the
    API wants one. A prompt of `cache_from` tokens or more is marked for the cache: after the system
    text, which all calls of a kind share, and at its end, where the next call of a talk goes on.

    `schema` is that of `request.output`, as the API takes it, and `way` how it is asked for.
    """
    marked = cache_from is not None and prompt_tokens(request) >= cache_from
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_tokens or max_tokens,
        "messages": turns_of(request.messages),
    }
    if marked:
        body["cache_control"] = _MARK
    if system := _system(request, way, marked=marked):
        body["system"] = system
    if request.stop:
        body["stop_sequences"] = list(request.stop)
    return body | _tools(request, way, schema) | _format(way, schema)


def _system(request: ModelRequest, way: OutputWay | None, *, marked: bool) -> list[dict[str, Any]]:
    said = [m.content for m in request.messages if m.role is Role.SYSTEM]
    if way is OutputWay.FENCED and request.output is not None:
        said.append(fenced_instructions(request.output))
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text} for text in said if text.strip()]
    if marked and blocks:
        blocks[-1]["cache_control"] = _MARK
    return blocks


def _tools(
    request: ModelRequest, way: OutputWay | None, schema: dict[str, Any] | None
) -> dict[str, Any]:
    """Beside tools of the caller's own, the one for the output is one of them: the model must call
    some tool, and chooses which."""
    tools = [_tool(tool) for tool in request.tools]
    choice = _choice(request.tool_choice)
    if way is OutputWay.TOOL_CALL and request.output is not None:
        name = request.output.name
        choice = {"type": "any"} if tools else {"type": "tool", "name": name}
        tools.append({"name": name, "input_schema": schema})
    if not tools:
        return {}
    return {"tools": tools, "tool_choice": choice} if choice else {"tools": tools}


def _tool(tool: Tool) -> dict[str, Any]:
    schema = {"type": "object", **tool.parameters}
    written = {"name": tool.name, "input_schema": schema}
    return written | {"description": tool.description} if tool.description else written


def _choice(choice: ToolChoice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    if choice.mode == "function":
        return {"type": "tool", "name": choice.name}
    return {"type": _MODES[choice.mode]}


def _format(way: OutputWay | None, schema: dict[str, Any] | None) -> dict[str, Any]:
    if way is not OutputWay.RESPONSE_FORMAT:
        return {}
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}

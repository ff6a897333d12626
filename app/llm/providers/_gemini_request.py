"""Writes what goes with a conversation to Gemini: `google.genai.types.GenerateContentConfig`."""

from typing import Any

from app.llm.catalogue.traits import OutputWay
from app.llm.messages import ModelRequest, Role, Tool, ToolChoice
from app.llm.output import fenced_instructions, strict

_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}


def config_of(request: ModelRequest, way: OutputWay | None = None) -> dict[str, Any]:
    """`way` is how `request.output` is asked for. Tools are only told of: the SDK would call
    Python functions by itself, and would go on by itself with answers that were cut."""
    return {
        "automatic_function_calling": {"disable": True},
        "automatic_continuation": False,
        "system_instruction": _system(request, way),
        "temperature": request.temperature,
        "top_p": request.top_p,
        "max_output_tokens": request.max_tokens,
        "stop_sequences": list(request.stop) or None,
        **_tools(request, way),
        **_format(request, way),
    }


def _system(request: ModelRequest, way: OutputWay | None) -> str | None:
    said = [m.content for m in request.messages if m.role is Role.SYSTEM and m.content.strip()]
    if way is OutputWay.FENCED and request.output is not None:
        said.append(fenced_instructions(request.output))
    return "\n\n".join(said) or None


def _tools(request: ModelRequest, way: OutputWay | None) -> dict[str, Any]:
    """Beside tools of the caller's own, the one for the output is one of them: the model must call
    some tool, and chooses which."""
    functions = [_function(tool) for tool in request.tools]
    choice = _choice(request.tool_choice)
    if way is OutputWay.TOOL_CALL and request.output is not None:
        name = request.output.name
        functions.append({"name": name, "parameters_json_schema": strict(request.output.schema)})
        choice = {"mode": "ANY"} if request.tools else _only(name)
    if not functions:
        return {}
    tools = {"tools": [{"function_declarations": functions}]}
    return tools | {"tool_config": {"function_calling_config": choice}} if choice else tools


def _function(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    if tool.parameters.get("properties"):
        function["parameters_json_schema"] = tool.parameters
    return function


def _choice(choice: ToolChoice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    return _only(choice.name) if choice.mode == "function" else {"mode": _MODES[choice.mode]}


def _only(name: str) -> dict[str, Any]:
    return {"mode": "ANY", "allowed_function_names": [name]}


def _format(request: ModelRequest, way: OutputWay | None) -> dict[str, Any]:
    if way is not OutputWay.RESPONSE_FORMAT or request.output is None:
        return {}
    return {
        "response_mime_type": "application/json",
        "response_json_schema": strict(request.output.schema),
    }

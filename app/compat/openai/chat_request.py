"""A body of `POST /v1/chat/completions` as a request to the model core."""

from typing import Any

from app.compat.openai.conversation import conversation
from app.compat.openai.request_fields import (
    Body,
    flag,
    inner,
    name_in,
    names,
    number,
    objects,
    text,
    text_or_texts,
    whole_number,
    word,
    wrong,
)
from app.llm import (
    CallContext,
    Complexity,
    ModelRequest,
    OutputSchema,
    Task,
    Tool,
    ToolChoice,
    Wishes,
)

_OURS = frozenset(("models", "free", "cache", "profile", "task", "complexity", "compress"))
"""Fields that speak to the router and the layers, and never reach a vendor."""

_MOST_MODELS = 10
_MOST_STOPS = 16
_MOST_ANSWERS = 128
_MODEL = "openrouter:openai/gpt-5-mini"


def chat_request(body: Body, context: CallContext, *, cached: bool = False) -> ModelRequest:
    """`cached` when a header asks for the cache. Raises `FieldInvalid` naming the field at fault.

    What a vendor knows and we don't passes through in the body.
    """
    stream = flag(body, "stream")
    options = body.get("stream_options")
    if options is not None:
        inner("stream_options", options, '{"include_usage": true}')
        if not stream:
            raise wrong("stream_options", options, "left out where stream isn't true")
    return ModelRequest(
        task=word(body, "task", Task) or Task.CHAT,
        messages=conversation(body.get("messages")),
        context=context,
        temperature=number(body, "temperature", 2),
        max_tokens=_max_tokens(body),
        output=_output(body.get("response_format")),
        top_p=number(body, "top_p", 1),
        stop=_stop(body.get("stop")),
        tools=_tools(body.get("tools")),
        tool_choice=_tool_choice(body.get("tool_choice")),
        answers=whole_number(body, "n", _MOST_ANSWERS) or 1,
        wishes=wishes(body, cached=cached),
        body=without_ours(body),
    )


def wishes(body: Body, *, cached: bool = False) -> Wishes:
    """How the caller wants the call routed, from `model` and our own fields."""
    model = name_in(body, "model", _MODEL)
    chain = names(body, "models", _MODEL, _MOST_MODELS)
    asked = chain if model is None else (model, *(name for name in chain if name != model))
    return Wishes(
        models=asked,
        profile=name_in(body, "profile", "coding_agent"),
        complexity=word(body, "complexity", Complexity),
        free_only=flag(body, "free") or False,
        cache=True if cached else flag(body, "cache"),
        compress=_compress(body),
    )


def without_ours(body: Body) -> Body:
    if _OURS.isdisjoint(body):
        return body
    return {name: value for name, value in body.items() if name not in _OURS}


def _max_tokens(body: Body) -> int | None:
    """Under either name. Vendors differ in which of the two they go by, and what budgets hold has
    to cover all of them: so the two may not differ."""
    older, newer = whole_number(body, "max_tokens"), whole_number(body, "max_completion_tokens")
    if older is not None and newer is not None and older != newer:
        should = f"left out, or the same as max_completion_tokens, which is {newer}"
        raise wrong("max_tokens", older, should)
    return older or newer


def _compress(body: Body) -> tuple[str, ...] | None:
    if body.get("compress") is False:
        return ()
    return names(body, "compress", "lossless", 10) or None


def _stop(value: object) -> tuple[str, ...]:
    return () if value is None else text_or_texts("stop", value, _MOST_STOPS)


def _output(value: object) -> OutputSchema | None:
    if value is None:
        return None
    form = inner("response_format", value, '{"type": "json_object"}')
    kind = text("response_format.type", form.get("type"), '"json_object"')
    if kind == "json_object":
        return OutputSchema("answer", {"type": "object"})
    if kind != "json_schema":
        return None
    named = inner(
        "response_format.json_schema",
        form.get("json_schema"),
        '{"name": "answer", "schema": {"type": "object"}}',
    )
    schema = named.get("schema") or {"type": "object"}
    return OutputSchema(
        text("response_format.json_schema.name", named.get("name"), '"answer"'),
        inner("response_format.json_schema.schema", schema, '{"type": "object"}'),
    )


def _tools(value: object) -> tuple[Tool, ...]:
    """The functions among them: other kinds are between the caller and its vendor."""
    found = enumerate(objects("tools", value))
    return tuple(_tool(f"tools.{i}", tool) for i, tool in found if tool.get("type") == "function")


def _tool(field: str, tool: Body) -> Tool:
    function = inner(f"{field}.function", tool.get("function"), '{"name": "weather"}')
    name = text(f"{field}.function.name", function.get("name"), '"weather"')
    described: Any = function.get("description")
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    return Tool(
        name,
        described if isinstance(described, str) else "",
        inner(f"{field}.function.parameters", parameters, '{"type": "object"}'),
    )


def _tool_choice(value: object) -> ToolChoice | None:
    match value:
        case None:
            return None
        case "auto" | "none" | "required":
            return ToolChoice(value)
        case {"type": "function", "function": {"name": str(name)}}:
            return ToolChoice("function", name)
        case {"type": "allowed_tools" | "custom"}:
            return ToolChoice()
        case _:
            should = 'auto, none, required or {"type": "function", "function": {"name": "weather"}}'
            raise wrong("tool_choice", value, should)

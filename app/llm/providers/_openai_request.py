"""Writes requests of the OpenAI wire."""

from collections.abc import Mapping
from typing import Any

from app.llm.catalogue.traits import OutputWay, Traits
from app.llm.errors import NoModelFits
from app.llm.messages import ModelRequest, Role
from app.llm.output import fenced_instructions, request_fields
from app.llm.providers._openai_messages import fitted, messages_of
from app.llm.providers.registry import ProviderRow
from app.llm.tokens import prompt_tokens

_USAGE = {"include_usage": True}


def chat_body(
    request: ModelRequest, model: str, *, row: ProviderRow, traits: Traits, way: OutputWay | None
) -> dict[str, Any]:
    """The body of `POST /chat/completions`.

    A caller's own body goes on as it is, under this model's name, with the count of tokens asked
    for in streams. Any other is asked for as a stream, so that the time to the first token can be
    told from the time to the last. What the vendor names otherwise is renamed, and what it would
    refuse the whole request for is left out.
    """
    if request.body is not None:
        body = {**request.body, "model": model}
    else:
        body = _written(request, model, row=row, traits=traits, way=way)
    if body.get("stream") is True:
        _ask_for_usage(body, row)
    return _adapted(body, row, traits)


def embeddings_body(request: ModelRequest, model: str, *, row: ProviderRow) -> dict[str, Any]:
    """The body of `POST /embeddings`. Raises `NoModelFits` where there is no such thing."""
    if not row.embeds:
        raise NoModelFits(
            f"{row.title} has no vectors of texts; ask another, such as openai or ollama"
        )
    if request.body is not None:
        return {**request.body, "model": model}
    return {"model": model, "input": list(request.inputs)}


def _written(
    request: ModelRequest, model: str, *, row: ProviderRow, traits: Traits, way: OutputWay | None
) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "max_tokens": request.max_tokens,
        "stop": list(request.stop) or None,
        **_tool_fields(request),
    }
    body: dict[str, Any] = {
        "model": model,
        "messages": messages_of(request.messages, marked=_worth_caching(request, traits)),
        "stream": True,
    }
    body |= {
        field: value
        for field, value in wanted.items()
        if value is not None and field not in traits.refused
    }
    if request.output is not None and way is not None:
        _ask_for_output(body, request, row, way)
    return body


def _ask_for_usage(body: dict[str, Any], row: ProviderRow) -> None:
    if row.stream_usage:
        options = body.get("stream_options")
        body["stream_options"] = {**options, **_USAGE} if isinstance(options, Mapping) else _USAGE
    else:
        body.pop("stream_options", None)


def _adapted(body: dict[str, Any], row: ProviderRow, traits: Traits) -> dict[str, Any]:
    if row.takes_models and "|" in body["model"]:
        body["models"] = body.pop("model").split("|")
    for usual, taken in (*traits.renamed, *row.renamed):
        if usual in body:
            value = body.pop(usual)
            if body.get(taken) is None:  # null there would lift the limit that is set here
                body[taken] = value
    for field in row.refused:
        body.pop(field, None)
    if "messages" in body and (row.refused_in_messages or row.short_tool_ids):
        body["messages"] = fitted(
            body["messages"], without=row.refused_in_messages, short_ids=row.short_tool_ids
        )
    return body


def _worth_caching(request: ModelRequest, traits: Traits) -> bool:
    return traits.cache_from is not None and prompt_tokens(request) >= traits.cache_from


def _tool_fields(request: ModelRequest) -> dict[str, Any]:
    if not request.tools:
        return {}
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in request.tools
    ]
    choice = request.tool_choice
    if choice is None:
        return {"tools": tools}
    named = {"type": "function", "function": {"name": choice.name}}
    return {"tools": tools, "tool_choice": named if choice.mode == "function" else choice.mode}


def _ask_for_output(
    body: dict[str, Any], request: ModelRequest, row: ProviderRow, way: OutputWay
) -> None:
    """Beside tools of the caller's own, an answer by tool call is one of them: the model must call
    some tool, and chooses which."""
    if request.output is None:
        return
    if way is OutputWay.FENCED:
        _instruct(body["messages"], fenced_instructions(request.output))
        return
    fields = request_fields(way, request.output)
    if request.tools and way is OutputWay.TOOL_CALL:
        fields = {"tools": [*body["tools"], *fields["tools"]], "tool_choice": "required"}
    body |= fields
    body |= row.output_fields


def _instruct(messages: list[dict[str, Any]], asked: str) -> None:
    """Instructions join the first system message: many chat templates take only one."""
    if not messages or messages[0]["role"] != Role.SYSTEM:
        messages.insert(0, {"role": Role.SYSTEM, "content": asked})
    elif isinstance(said := messages[0]["content"], str):
        messages[0]["content"] = f"{said}\n\n{asked}"
    else:
        messages[0]["content"] = [*said, {"type": "text", "text": asked}]

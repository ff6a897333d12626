"""One JSON object instead of prose: how it is asked for, and how it is found in an answer."""

import re
from collections.abc import Iterable
from functools import lru_cache
from json import JSONDecodeError, JSONDecoder
from typing import Any

from app.kit import json
from app.llm.catalogue.traits import OutputWay
from app.llm.messages import OutputSchema

_THINKING = re.compile(
    r"<think>.*?(?:</think>|\Z)|\A(?:(?!<think>).)*?</think>", re.DOTALL | re.IGNORECASE
)
_FENCE = re.compile(r"```[ \t]*(\w*)\s*")
_CLOSING = re.compile(r"```(?!json)|(?=```json)", re.IGNORECASE)
_DECODER = JSONDecoder()


def request_fields(way: OutputWay, output: OutputSchema) -> dict[str, Any]:
    """What goes into an OpenAI-wire request body to have the answer in this way."""
    schema = json.loads(_strict_json(json.dumps(output.schema)))
    if way is OutputWay.RESPONSE_FORMAT:
        named = {"name": output.name, "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    if way is OutputWay.TOOL_CALL:
        function = {"name": output.name, "parameters": schema}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": output.name}},
        }
    return {}


def fenced_instructions(output: OutputSchema) -> str:
    """Asks in words, for models that know no other way."""
    schema = json.dumps(output.schema).decode()
    return (
        "End your answer with exactly one fenced block, opened by ```json and closed by ```, that "
        f"holds one JSON object of this JSON Schema ({output.name}):\n{schema}"
    )


@lru_cache(maxsize=256)
def _strict_json(schema: bytes) -> bytes:
    """The same few schemas go with every call."""
    return json.dumps(strict(json.loads(schema)))


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as strict modes want it: every property required, no other allowed, no default."""
    closed = {key: _strict(key, value) for key, value in schema.items() if key != "default"}
    if schema.get("type") == "object" and "properties" in schema:
        closed |= {"required": list(schema["properties"]), "additionalProperties": False}
    return closed


def _strict(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        return {name: strict(part) for name, part in value.items()}
    if isinstance(value, dict):
        return strict(value)
    if isinstance(value, list):
        return [strict(part) if isinstance(part, dict) else part for part in value]
    return value


def find_output(text: str, tool_arguments: Iterable[str] = ()) -> str | None:
    """The JSON text of the object in an answer, however the model chose to give it.

    That is: the message itself, else a tool call's arguments, else the last fenced block. An
    earlier block never counts, since it may quote the other side; a broken last one is no output.
    """
    said = without_thinking(text).strip()
    whole = next(filter(_is_object, (said, *tool_arguments)), None)
    return whole if whole is not None else _last_fenced(said)


def without_thinking(text: str) -> str:
    """Drops `<think>` blocks, unclosed ones to the end, and what a lone `</think>` closes."""
    return _THINKING.sub("", text)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _last_fenced(text: str) -> str | None:
    """Blocks are read by their JSON, not to the next backticks: strings may hold backticks."""
    block: str | None = None
    position = 0
    while fence := _FENCE.search(text, position):
        position = fence.end()
        if fence[1].lower() in ("", "json") and text.startswith("{", position):
            end = _end_of_object(text, position)
            block = None if end is None else text[position:end]
            position = end or position
        position = _after_fence(text, position)
    return block if block is not None and _is_object(block) else None


def _end_of_object(text: str, start: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (JSONDecodeError, RecursionError):
        return None


def _after_fence(text: str, start: int) -> int:
    closing = _CLOSING.search(text, start)
    return closing.end() if closing else len(text)

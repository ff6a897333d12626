"""Writes the messages of a request in the OpenAI wire's form."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from app.llm.messages import ImagePart, Message, Part, Role, ToolCall

_SHORT = re.compile(r"[a-zA-Z0-9]{9}")
_MARK = {"cache_control": {"type": "ephemeral"}}


def messages_of(messages: Sequence[Message], *, marked: bool = False) -> list[dict[str, Any]]:
    """`marked` sets marks for Claude's prompt cache: at the end of the system text, which all
    calls of a kind share, and of the last user's turn, which the next call of a talk begins with.
    """
    marks = _marks(messages) if marked else frozenset[int]()
    return [_message(message, mark=place in marks) for place, message in enumerate(messages)]


def fitted(messages: Any, *, without: Sequence[str], short_ids: bool) -> Any:
    """Messages in the wire's form for a vendor that is strict about them; anything else is left for
    the vendor to refuse. `without` are fields to leave out, `short_ids` is for tool calls."""
    if not isinstance(messages, list):
        return messages
    return [
        _fitted(each, without, short_ids=short_ids) if isinstance(each, dict) else each
        for each in messages
    ]


def _fitted(message: dict[str, Any], without: Sequence[str], *, short_ids: bool) -> dict[str, Any]:
    kept = {name: value for name, value in message.items() if name not in without}
    if short_ids:
        if "tool_call_id" in kept:
            kept["tool_call_id"] = _short(kept["tool_call_id"])
        if isinstance(calls := kept.get("tool_calls"), list):
            kept["tool_calls"] = [
                {**call, "id": _short(call.get("id"))} if isinstance(call, dict) else call
                for call in calls
            ]
    return kept


def _short(tool_call_id: object) -> str:
    """Nine letters or digits: itself where it is that, else the same for the same id."""
    text = str(tool_call_id)
    return text if _SHORT.fullmatch(text) else sha256(text.encode()).hexdigest()[:9]


def _marks(messages: Sequence[Message]) -> frozenset[int]:
    last: dict[Role, int] = {message.role: place for place, message in enumerate(messages)}
    return frozenset(last[role] for role in (Role.SYSTEM, Role.USER) if role in last)


def _message(message: Message, *, mark: bool) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role, "content": _content(message, mark=mark)}
    if message.tool_calls:
        wire["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
        wire["content"] = wire["content"] or None  # some vendors refuse an empty text
    if message.tool_call_id is not None:
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _content(message: Message, *, mark: bool) -> str | list[dict[str, Any]]:
    """Text alone goes as text: some vendors take no parts."""
    shown = any(isinstance(part, ImagePart) for part in message.parts)
    marked = mark and bool(message.content)
    if not (shown or marked):
        return message.content
    parts = [_part(part) for part in message.parts] or [_text(message.content)]
    if marked:
        parts[-1] |= _MARK
    return parts


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        return {"type": "image_url", "image_url": {"url": part.url}}
    return _text(part.text)


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}

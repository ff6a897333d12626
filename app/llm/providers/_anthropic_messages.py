"""Writes a conversation as Anthropic's turns, in which a user and an assistant take turns.

What a tool answered is the user's. The API takes no empty text, and no tool id with other
characters than letters, digits, `_` and `-`, which other vendors' ids may have.
"""

import re
from collections.abc import Sequence
from typing import Any

from app.llm.messages import ImagePart, Message, Part, Role, ToolCall
from app.llm.providers._data_url import split_data_url
from app.llm.providers._tool_arguments import arguments_of

_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")


def turns_of(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """All but the system's messages; those alone become the user's, since there has to be one."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.role is not Role.SYSTEM:
            _add(turns, _role(message), _blocks(message))
    if not turns:
        _add(turns, Role.USER, [_text(m.content) for m in messages if m.content.strip()])
    return turns


def _add(turns: list[dict[str, Any]], role: Role, blocks: list[dict[str, Any]]) -> None:
    """All that one side says in a row is one turn."""
    if not blocks:
        return
    if turns and turns[-1]["role"] == role:
        turns[-1]["content"] += blocks
    else:
        turns.append({"role": role.value, "content": blocks})


def _role(message: Message) -> Role:
    return Role.ASSISTANT if message.role is Role.ASSISTANT else Role.USER


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role is Role.TOOL:
        return [_tool_result(message)]
    return [*_content(message), *map(_tool_use, message.tool_calls)]


def _content(message: Message) -> list[dict[str, Any]]:
    if message.parts:
        return [block for block in map(_part, message.parts) if block is not None]
    return [_text(message.content)] if message.content.strip() else []


def _part(part: Part) -> dict[str, Any] | None:
    if isinstance(part, ImagePart):
        return {"type": "image", "source": _source(part.url)}
    return _text(part.text) if part.text.strip() else None


def _source(url: str) -> dict[str, Any]:
    if (data := split_data_url(url)) is None:
        return {"type": "url", "url": url}
    return {"type": "base64", "media_type": data[0], "data": data[1]}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _tool_use(call: ToolCall) -> dict[str, Any]:
    return {
        "type": "tool_use",
        "id": _id(call.id),
        "name": call.name,
        "input": arguments_of(call),
    }


def _tool_result(message: Message) -> dict[str, Any]:
    """A tool that said nothing has a result without content."""
    result: dict[str, Any] = {"type": "tool_result", "tool_use_id": _id(message.tool_call_id or "")}
    content = _content(message)
    return result | {"content": content} if content else result


def _id(text: str) -> str:
    return _NOT_IN_IDS.sub("_", text) or "_"

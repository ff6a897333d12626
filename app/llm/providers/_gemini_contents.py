"""Writes a conversation as Gemini's contents, in which a user and a model take turns.

What a tool answered is the user's, and names the tool, which other wires only number.
"""

from base64 import b64decode
from collections.abc import Sequence
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from app.kit import json
from app.llm.messages import ImagePart, Message, Part, Role, ToolCall
from app.llm.providers._data_url import split_data_url
from app.llm.providers._gemini_signatures import Signatures
from app.llm.providers._tool_arguments import arguments_of

_PICTURE = "image/jpeg"


def contents_of(
    messages: Sequence[Message], signatures: Signatures, *, signed: bool
) -> list[dict[str, Any]]:
    """All but the system's messages; those alone become the user's, since there has to be one.

    `signed` is for models that take back no tool call without its signature. Raises `ValueError`
    for a picture in base64 that is none.
    """
    tools = {call.id: call.name for message in messages for call in message.tool_calls}
    contents: list[dict[str, Any]] = []
    for message in messages:
        if message.role is Role.TOOL:
            _add(contents, "user", [_answered(message, tools)])
        elif message.role is Role.ASSISTANT:
            calls = _calls(message.tool_calls, signatures, signed=signed)
            _add(contents, "model", [*_said(message), *calls])
        elif message.role is Role.USER:
            _add(contents, "user", _said(message))
    if not contents:
        _add(contents, "user", [{"text": m.content} for m in messages if m.content])
    return contents


def _add(contents: list[dict[str, Any]], role: str, parts: list[dict[str, Any]]) -> None:
    """All that one side says in a row is one turn."""
    if not parts:
        return
    if contents and contents[-1]["role"] == role:
        contents[-1]["parts"] += parts
    else:
        contents.append({"role": role, "parts": parts})


def _said(message: Message) -> list[dict[str, Any]]:
    if message.parts:
        return [_part(part) for part in message.parts]
    return [{"text": message.content}] if message.content else []


def _part(part: Part) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"text": part.text}
    if (data := split_data_url(part.url)) is not None:
        return {"inline_data": {"mime_type": data[0], "data": b64decode(data[1], validate=True)}}
    kind = guess_type(urlsplit(part.url).path)[0] or _PICTURE
    return {"file_data": {"file_uri": part.url, "mime_type": kind}}


def _calls(
    calls: Sequence[ToolCall], signatures: Signatures, *, signed: bool
) -> list[dict[str, Any]]:
    """Of calls made at once, only the first has a signature."""
    parts: list[dict[str, Any]] = []
    for call in calls:
        function = {"id": call.id, "name": call.name, "args": arguments_of(call)}
        part: dict[str, Any] = {"function_call": function}
        signature = signatures.of(call.id, or_waived=signed and not parts)
        if signature is not None:
            part["thought_signature"] = signature
        parts.append(part)
    return parts


def _answered(message: Message, tools: dict[str, str]) -> dict[str, Any]:
    called = message.tool_call_id or ""
    return {
        "function_response": {
            "id": called,
            "name": tools.get(called) or called or "tool",
            "response": _result(message.content),
        }
    }


def _result(text: str) -> dict[str, Any]:
    """Gemini wants an object."""
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    return found if isinstance(found, dict) else {"result": found}

"""The messages of a request in neutral form, for models behind any other wire."""

from typing import Any

from app.compat.openai.request_fields import Body, FieldInvalid, inner, objects, text, wrong
from app.llm import ImagePart, Message, Role, TextPart, ToolCall

_EXAMPLE = '[{"role": "user", "content": "Hello"}]'
_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}


def conversation(value: object) -> tuple[Message, ...]:
    """Raises `FieldInvalid` naming the first message that can't be used."""
    if value is None:
        raise FieldInvalid("messages", f"is required, as in {_EXAMPLE}")
    if not isinstance(value, list) or not value:
        raise wrong("messages", value, f"a list of one or more messages, as in {_EXAMPLE}")
    return tuple(_message(f"messages.{i}", item) for i, item in enumerate(value))


def _message(field: str, value: Any) -> Message:
    message = inner(field, value, '{"role": "user", "content": "Hello"}')
    role = _role(f"{field}.role", message.get("role"))
    content = message.get("content")
    calls = _calls(field, message) if role is Role.ASSISTANT else ()
    if type(content) is str:
        parts: tuple[TextPart | ImagePart, ...] = ()
    elif content is None and role is Role.ASSISTANT:
        content, parts = "", ()
    else:
        content, parts = _parts(f"{field}.content", content)
    return Message(role, content, parts, calls, _answers(field, role, message))


def _role(field: str, value: object) -> Role:
    if isinstance(value, str) and value in _ROLES:
        return _ROLES[value]
    if value is None:
        raise FieldInvalid(field, 'is required, as in "user"')
    raise wrong(field, value, f"one of {', '.join(_ROLES)}")


def _parts(field: str, value: object) -> tuple[str, tuple[TextPart | ImagePart, ...]]:
    """The text of all parts, and the parts; none where all of them are text."""
    if value is None:
        raise FieldInvalid(field, 'is required, as in "Hello"')
    if not isinstance(value, list):
        raise wrong(field, value, 'a text or a list of parts, as in "Hello"')
    parts = tuple(_part(f"{field}.{i}", item) for i, item in enumerate(objects(field, value)))
    said = "\n".join(part.text for part in parts if isinstance(part, TextPart))
    pictured = any(isinstance(part, ImagePart) for part in parts)
    return said, parts if pictured else ()


def _part(field: str, part: Body) -> TextPart | ImagePart:
    kind = text(f"{field}.type", part.get("type"), '"text"')
    if kind == "text":
        return TextPart(text(f"{field}.text", part.get("text"), '"Hello"'))
    if kind == "refusal":
        return TextPart(text(f"{field}.refusal", part.get("refusal"), '"I can\'t help with that"'))
    if kind == "image_url":
        image = inner(f"{field}.image_url", part.get("image_url"), '{"url": "https://…"}')
        return ImagePart(text(f"{field}.image_url.url", image.get("url"), '"https://…"'))
    # Of the OpenAI wire alone: those who speak it get the part itself, in the body.
    return TextPart(f"[an attachment of the kind {kind[:40]}, which can't be shown here]")


def _calls(field: str, message: Body) -> tuple[ToolCall, ...]:
    field = f"{field}.tool_calls"
    found = objects(field, message.get("tool_calls"))
    return tuple(_call(f"{field}.{i}", call) for i, call in enumerate(found))


def _call(field: str, call: Body) -> ToolCall:
    function = inner(
        f"{field}.function", call.get("function"), '{"name": "weather", "arguments": "{}"}'
    )
    return ToolCall(
        text(f"{field}.id", call.get("id"), '"call_1"'),
        text(f"{field}.function.name", function.get("name"), '"weather"'),
        text(f"{field}.function.arguments", function.get("arguments"), '"{}"'),
    )


def _answers(field: str, role: Role, message: Body) -> str | None:
    """The id of the tool call that a tool's message answers."""
    if role is not Role.TOOL:
        return None
    if message.get("role") == "function":  # the wire's older form knows the tool's name alone
        return text(f"{field}.name", message.get("name"), '"weather"')
    return text(f"{field}.tool_call_id", message.get("tool_call_id"), '"call_1"')

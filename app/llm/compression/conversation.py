"""The texts in a request that may be made shorter, and the request with others in their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.llm.messages import Message, ModelRequest, Part, Role, TextPart

_BODY_ROLES = frozenset({"system", "developer", "user", "assistant"})


def texts_of(messages: Sequence[Message]) -> list[str]:
    """Everything that people and models said, in order. What tools said isn't touched, nor are
    pictures and calls of tools."""
    return [text for message in messages for text in _texts(message)]


def with_texts(messages: Sequence[Message], texts: Sequence[str]) -> tuple[Message, ...]:
    rest = iter(texts)
    return tuple(_rewritten(message, rest) for message in messages)


def body_texts(body: Mapping[str, Any]) -> list[str]:
    """The same in a body of the OpenAI wire."""
    return [text for message in _body_messages(body) for text in _said(message)]


def body_with_texts(body: Mapping[str, Any], texts: Sequence[str]) -> Mapping[str, Any]:
    """The body itself where it has no texts."""
    if not texts:
        return body
    rest = iter(texts)
    return {**body, "messages": [_resaid(message, rest) for message in _body_messages(body)]}


def changed(request: ModelRequest, texts: Sequence[str], said: Sequence[str]) -> ModelRequest:
    """The request with `texts` for those of its messages, and `said` for those of its body."""
    body = request.body
    return replace(
        request,
        messages=with_texts(request.messages, texts),
        body=None if body is None else body_with_texts(body, said),
    )


def _texts(message: Message) -> list[str]:
    if message.role is Role.TOOL:
        return []
    if message.parts:
        return [part.text for part in message.parts if isinstance(part, TextPart)]
    return [message.content]


def _rewritten(message: Message, texts: Iterator[str]) -> Message:
    if message.role is Role.TOOL:
        return message
    if not message.parts:
        return replace(message, content=next(texts))
    parts: tuple[Part, ...] = tuple(
        TextPart(next(texts)) if isinstance(part, TextPart) else part for part in message.parts
    )
    content = "\n".join(part.text for part in parts if isinstance(part, TextPart))
    return replace(message, content=content, parts=parts)


def _body_messages(body: Mapping[str, Any]) -> list[Any]:
    messages = body.get("messages")
    return messages if isinstance(messages, list) else []


def _said(message: Any) -> list[str]:
    if not isinstance(message, dict) or message.get("role") not in _BODY_ROLES:
        return []
    content = message.get("content")
    if isinstance(content, list):
        return [part["text"] for part in content if _is_text(part)]
    return [content] if isinstance(content, str) else []


def _resaid(message: Any, texts: Iterator[str]) -> Any:
    if not isinstance(message, dict) or message.get("role") not in _BODY_ROLES:
        return message
    content = message.get("content")
    if isinstance(content, list):
        parts = [{**part, "text": next(texts)} if _is_text(part) else part for part in content]
        return {**message, "content": parts}
    return {**message, "content": next(texts)} if isinstance(content, str) else message


def _is_text(part: Any) -> bool:
    return (
        isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)
    )

"""A branch of a conversation as Markdown, to be read, printed or passed on."""

import re
from collections.abc import Sequence

from app.chat.conversations.models import ChatMessage, Conversation

_SPECIAL = re.compile(r"([\\`*_\[\]<>#])")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_HOW = {"generating": "not finished yet", "stopped": "stopped", "failed": "broken off"}


def head(conversation: Conversation) -> bytes:
    title = _plain(conversation.title or "Conversation")
    return f"# {title}\n\nBegun {conversation.created_at:%Y-%m-%d %H:%M} UTC.\n".encode()


def body(messages: Sequence[ChatMessage]) -> bytes:
    return "".join(map(_section, messages)).encode()


def _section(message: ChatMessage) -> str:
    parts = [f"## {_speaker(message)}", _closed(message.content.strip()), *_calls(message)]
    return "".join(f"\n{part}\n" for part in parts if part)


def _speaker(message: ChatMessage) -> str:
    if message.role == "user":
        return "You"
    if message.role == "tool":
        return "Tool"
    told = [message.model and _plain(message.model), _HOW.get(message.status)]
    more = ", ".join(each for each in told if each)
    return f"Assistant ({more})" if more else "Assistant"


def _calls(message: ChatMessage) -> list[str]:
    return [
        f"Called {_plain(call['name'])}:\n\n{_code(call['arguments'])}"
        for call in message.tool_calls
    ]


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}json\n{text}\n{fence}"


def _closed(text: str) -> str:
    """With the end of a code block that an answer was stopped in: it would take in all that follows
    it."""
    opened = ""
    for mark in _FENCE.findall(text):
        if not opened:
            opened = mark
        elif mark[0] == opened[0] and len(mark) >= len(opened):
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _plain(text: str) -> str:
    """With what would be taken for Markdown or HTML made harmless."""
    return _SPECIAL.sub(r"\\\1", text)

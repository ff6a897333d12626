"""What an exported conversation is called."""

import re

from app.chat.conversations.models import Conversation

_LENGTH = 60
_BETWEEN = re.compile(r"[\W_]+")


def file_name(conversation: Conversation, suffix: str) -> str:
    """`a-week-in-rome-0b9a1f2c.md`: of the title's letters and digits, so that every system takes
    it, and of the id, so that no two are the same."""
    title = _BETWEEN.sub("-", (conversation.title or "").lower())[:_LENGTH].strip("-")
    return f"{title or 'conversation'}-{conversation.id.hex[:8]}.{suffix}"

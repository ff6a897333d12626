"""Conversations: what is said in them, how answers are made and streamed, what is remembered."""

from app.chat.opening import Chat, ChatOptions, open_chat
from app.chat.tasks import tasks

__all__ = ["Chat", "ChatOptions", "open_chat", "tasks"]

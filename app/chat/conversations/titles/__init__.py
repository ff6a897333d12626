"""What a conversation is called until its owner calls it something."""

from app.chat.conversations.titles.service import Titles

__all__ = ["Titles"]

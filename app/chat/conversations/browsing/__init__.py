"""Looking for conversations, and reading them."""

from app.chat.conversations.browsing.service import Browsing
from app.chat.conversations.browsing.wanted import WantedConversations, WantedMessages

__all__ = ["Browsing", "WantedConversations", "WantedMessages"]

"""What the conversations' endpoints take and give."""

from app.chat.conversations.schemas.answers import (
    ConversationDeleted,
    ConversationDetail,
    ConversationsPage,
    MessagesView,
)
from app.chat.conversations.schemas.requests import ConversationChanges, ConversationIn

__all__ = [
    "ConversationChanges",
    "ConversationDeleted",
    "ConversationDetail",
    "ConversationIn",
    "ConversationsPage",
    "MessagesView",
]

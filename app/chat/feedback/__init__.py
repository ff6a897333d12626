"""What people thought of answers."""

from app.chat.feedback.service import FeedbackBook

__all__ = ["FeedbackBook"]

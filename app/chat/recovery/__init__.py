"""What is done when models are busy, away or too small, and what a reader is told of it."""

from app.chat.recovery.earlier import EarlierAnswers, context_key, repeated
from app.chat.recovery.failure import BUG, broke, broke_off, may_repeat
from app.chat.recovery.notices import left_out, notices
from app.chat.recovery.repository import EarlierAnswer

__all__ = [
    "BUG",
    "EarlierAnswer",
    "EarlierAnswers",
    "broke",
    "broke_off",
    "context_key",
    "left_out",
    "may_repeat",
    "notices",
    "repeated",
]

"""What models are told: versioned templates, filled from a seat's view and from nothing else."""

from app.negotiation.agents.prompts.prompt import (
    BUYER,
    NARRATED_BUYER,
    NARRATED_SELLER,
    SELLER,
    Prompt,
    sent_back,
)
from app.negotiation.agents.prompts.quoting import HISTORY_TOKENS

__all__ = [
    "BUYER",
    "HISTORY_TOKENS",
    "NARRATED_BUYER",
    "NARRATED_SELLER",
    "SELLER",
    "Prompt",
    "sent_back",
]

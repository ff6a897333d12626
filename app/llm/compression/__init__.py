"""Makes prompts shorter: strategies by name, each at work on the texts of a conversation."""

from app.llm.compression.strategies import (
    LOSSLESS,
    STRATEGIES,
    SUMMARY,
    Texts,
    UnknownStrategy,
    named,
    shorten,
)

__all__ = ["LOSSLESS", "STRATEGIES", "SUMMARY", "Texts", "UnknownStrategy", "named", "shorten"]

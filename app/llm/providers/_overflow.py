"""Knows by a vendor's words that a prompt was too long for its model, and how much it takes.

There is no common status or code for it: 400, 413 and 422 are in use, and most say it in the
message alone.
"""

import re

from app.kit.frozen import frozen
from app.llm.providers._error_body import Said

_KINDS = ("context_length_exceeded", "exceed_context_size_error", "string_above_max_length")
_NUMBER = r"(?P<limit>\d[\d,]*)"
_SAYINGS = tuple(
    re.compile(saying, re.IGNORECASE)
    for saying in (
        rf"maximum (?:context|prompt) length (?:is|of) {_NUMBER}",  # OpenAI, OpenRouter, vLLM, xAI
        rf"prompt is too long: [\d,]+ tokens > {_NUMBER}",  # Anthropic
        rf"exceeds the maximum number of tokens allowed \(?{_NUMBER}",  # Gemini
        rf"with {_NUMBER} maximum context length",  # Mistral
        rf"exceeds the available context size \({_NUMBER}",  # llama.cpp
        r"context (?:length|window|size) (?:is |was )?(?:exceeded|overflow)",
        r"context (?:length|window|size) exceeds",
        r"exceeds? (?:(?:the|this|model'?s?|available|maximum) )*context (?:length|window|size)",
        r"(?:prompt|input)(?: length)? is too long",
        r"context overflows?\b",  # LM Studio
        r"reduce the length of the (?:messages|prompt|input)",  # Groq
        r"input length and `max_tokens` exceed",
    )
)


@frozen
class Overflow:
    """`limit` is tokens of prompt and answer together, None where nobody said."""

    limit: int | None


def overflow_in(said: Said) -> Overflow | None:
    """None for any other trouble."""
    for saying in _SAYINGS:
        if found := saying.search(said.message):
            limit = found.groupdict().get("limit")
            return Overflow(int(limit.replace(",", "")) if limit else None)
    return Overflow(None) if said.kind in _KINDS else None

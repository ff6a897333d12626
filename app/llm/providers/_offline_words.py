"""What the built-in model says: what it is, what was found, and how to have a model instead."""

import re
from collections.abc import Sequence

from app.llm.messages import Finding, ModelRequest

HOW_TO_CONNECT = (
    "To connect a model, set one of these and restart: OPENROUTER_API_KEY=sk-or-v1-… for hosted "
    "models, or OLLAMA_BASE_URL=http://localhost:11434/v1 for one on this machine."
)

_QUOTES = 5
_QUOTE = 300  # characters of each
_SOURCE = 100
_BLANK = re.compile(r"\s+")


def words_for(request: ModelRequest, configured: Sequence[str]) -> str:
    """The same words for the same request. `configured` are the providers there are besides."""
    said = [_who(configured), _found(request.findings)]
    if request.tools:
        said.append(f"I can't call tools, so {_names(request)} went unused.")
    said.append(_instead(configured))
    return "\n\n".join(said)


def _who(configured: Sequence[str]) -> str:
    why = "" if configured else "No language model is configured here. "
    return (
        f"{why}I am Parley's built-in assistant, which is no language model: I can't think about "
        "what you wrote, only quote what was found for it."
    )


def _found(findings: Sequence[Finding]) -> str:
    if not findings:
        return "Nothing was found for it in memory or documents."
    quotes = "\n".join(
        f"- “{_short(each.text, _QUOTE)}” ({_short(each.source, _SOURCE)})"
        for each in findings[:_QUOTES]
    )
    more = len(findings) - _QUOTES
    return f"In memory and documents:\n{quotes}" + (f"\n- and {more} more" if more > 0 else "")


def _names(request: ModelRequest) -> str:
    names = [_short(tool.name, _SOURCE) for tool in request.tools[:_QUOTES]]
    return ", ".join([*names, "others"] if len(request.tools) > _QUOTES else names)


def _instead(configured: Sequence[str]) -> str:
    if not configured:
        return HOW_TO_CONNECT
    return (
        f"To ask a model, name one of a provider that is configured ({', '.join(configured)}), as "
        f"in {configured[0]}:MODEL."
    )


def _short(text: str, most: int) -> str:
    line = _BLANK.sub(" ", text).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"

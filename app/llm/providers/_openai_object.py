"""What every JSON object of the OpenAI wire that answers has in common."""

from typing import Any

from app.kit import json
from app.llm.errors import BadGateway
from app.llm.events import TextDelta, ThinkingDelta, ToolCallDelta
from app.llm.messages import Usage
from app.llm.providers._failures import Failures
from app.llm.providers._openai_payload import said

_NOTHING = "answered with nothing"


def object_in(text: bytes | str, failures: Failures) -> dict[str, Any]:
    """The object that a chunk or an answer is. Raises `LLMError`, also where it holds an error."""
    try:
        payload = json.loads(text)
    except ValueError as error:
        raise failures.unusable("sent something that isn't JSON") from error
    if not isinstance(payload, dict):
        raise failures.unusable("sent JSON that is no answer")
    if payload.get("error"):
        raise failures.from_payload(payload["error"])
    return payload


def nothing_said(
    failures: Failures, finish_reason: str | None, usage: Usage | None = None
) -> BadGateway:
    """`usage` is billed all the same."""
    error = failures.spent() if finish_reason == "length" else failures.unusable(_NOTHING)
    error.usage = usage
    return error


def length_said(message: dict[str, Any]) -> int:
    """How many characters `said` would make of it."""
    total = 0
    for event in said(message):
        match event:
            case TextDelta(text) | ThinkingDelta(text) | ToolCallDelta(_, _, text):
                total += len(text)
    return total

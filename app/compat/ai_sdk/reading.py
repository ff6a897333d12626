"""What the last message of a request says: a person's words, or what the page's tools found."""

from collections.abc import Mapping
from typing import Any

from app.chat import EXTERNAL_ID_LENGTH, MESSAGE_BYTES
from app.compat.ai_sdk.schemas import UIMessage
from app.compat.ai_sdk.steps import as_read, failure_as_read
from app.compat.openai.request_fields import FieldInvalid, text, wrong

_STEP = "step-start"
_FAILED = "output-error"
_FINAL = frozenset(("output-available", _FAILED))


def question_of(message: UIMessage, field: str) -> str:
    """Raises `FieldInvalid` where it says nothing, too much, or anything but text."""
    said = "\n".join(
        _text(part, f"{field}.parts.{place}") for place, part in enumerate(message.parts)
    )
    if not said.strip():
        raise FieldInvalid(
            f"{field}.parts",
            'needs words, as in [{"type": "text", "text": "Hello"}]',
        )
    _bounded(said, f"{field}.parts")
    return said


def name_of(message: UIMessage, field: str) -> str | None:
    """How the client calls it, to be kept; None where it has no name."""
    if len(message.id) > EXTERNAL_ID_LENGTH:
        raise FieldInvalid(
            f"{field}.id",
            f"has {len(message.id)} characters; at most {EXTERNAL_ID_LENGTH} are kept",
        )
    return message.id or None


def outputs_of(message: UIMessage, field: str) -> Mapping[str, str]:
    """What the tools of its last step found, by the ids of the calls, as a model reads it."""
    found: dict[str, str] = {}
    for place, part in enumerate(message.parts):
        if part.get("type") == _STEP:
            found.clear()
        elif part.get("state") in _FINAL and not part.get("preliminary"):
            inside = f"{field}.parts.{place}"
            call_id = text(f"{inside}.toolCallId", part.get("toolCallId"), '"call_1"')
            found[call_id] = _output(part, inside)
    return found


def _output(part: Mapping[str, Any], field: str) -> str:
    if part["state"] == _FAILED:
        told = failure_as_read(text(f"{field}.errorText", part.get("errorText"), '"no such city"'))
    else:
        told = as_read(part.get("output"))
    _bounded(told, f"{field}.output")
    return told


def _text(part: Mapping[str, Any], field: str) -> str:
    if part.get("type") != "text":
        raise wrong(f"{field}.type", part.get("type"), "text: conversations hold nothing else")
    return text(f"{field}.text", part.get("text"), '"Hello"')


def _bounded(said: str, field: str) -> None:
    if (size := len(said.encode())) > MESSAGE_BYTES:
        raise FieldInvalid(field, f"has {size} bytes of text; at most {MESSAGE_BYTES} are taken")

"""Reads what vendors say when something went wrong, in each one's spelling.

OpenAI's form is `{"error": {"message", "type", "code"}}`. OpenRouter adds `metadata` and
`availability`; Ollama, xAI and Hugging Face send `{"error": "…"}`, Cohere `{"message": "…"}`,
Mistral and NVIDIA `{"detail": …}`, as text or as a list of fields.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from app.kit import json
from app.kit.frozen import frozen
from app.llm.providers._openai_payload import decimal_in, dict_in, dicts_in, text_in

_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_IN_FLIGHT = "openrouter_in_flight_budget"


@frozen
class Said:
    """`message` is on one line, and empty for a web page. `status` is the HTTP status that the
    body stands for, where it stands for one. `kind` is the vendor's own word for what is wrong.

    `settling` says that money is only held for calls under way. `retryable` is the vendor's word on
    whether the same would work later; `suggested` are models to ask instead.
    """

    message: str
    status: int | None = None
    kind: str = ""
    settling: bool = False
    retryable: bool | None = None
    retry_after: float | None = None
    suggested: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def read_error(body: str) -> Said:
    """What an answer of an error status says."""
    try:
        payload = json.loads(body)
    except ValueError:
        return Said("" if body.lstrip().startswith("<") else _one_line(body))
    payload = payload[0] if isinstance(payload, list) and payload else payload
    inside = payload.get("error") if isinstance(payload, dict) else None
    return read_error_object(inside or payload)


def read_error_object(error: object) -> Said:
    """What an error object says, out of a body or out of a stream."""
    if not isinstance(error, dict):
        return Said(_one_line(text_in(error)))
    metadata = dict_in(error.get("metadata"))
    availability = dict_in(error.get("availability"))
    wait = decimal_in(availability.get("retry_after"))
    retryable = availability.get("retryable")
    return Said(
        message=_message(error, metadata),
        status=_status(error, metadata),
        kind=text_in(availability.get("code")) or text_in(error.get("code")),
        settling=metadata.get("limit_source") == _IN_FLIGHT,
        retryable=retryable if isinstance(retryable, bool) else None,
        retry_after=None if wait is None else float(wait),
        suggested=_suggested(availability, metadata),
        headers={
            str(name).lower(): str(value)
            for name, value in dict_in(metadata.get("headers")).items()
        },
    )


def _message(error: dict[str, Any], metadata: dict[str, Any]) -> str:
    """OpenRouter's own text for a vendor's error says nothing; `raw` is what the vendor said."""
    told = error.get("message") or error.get("detail") or error.get("title")
    if isinstance(told, dict):
        return _message(told, {})
    if isinstance(told, list):
        return _one_line("; ".join(map(_field_issue, dicts_in(told))))
    raw = text_in(metadata.get("raw"))
    return _one_line(f"{told or ''} ({raw})" if raw else str(told or ""))


def _field_issue(issue: dict[str, Any]) -> str:
    place = issue.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list) else ""
    said = text_in(issue.get("msg")) or text_in(issue.get("message"))
    return f"{where}: {said}" if where else said


def _suggested(*places: dict[str, Any]) -> tuple[str, ...]:
    for place in places:
        models = place.get("fallback_models")
        if isinstance(models, list):
            return tuple(model[:100] for model in models if isinstance(model, str))[:3]
    return ()


def _status(error: dict[str, Any], metadata: dict[str, Any]) -> int | None:
    """Vendors send a number, a word, or both."""
    code = error.get("code")
    for number in (code, error.get("status")):
        if str(number).isdecimal() and 400 <= int(str(number)) <= 599:
            return int(str(number))
    words = f"{code} {error.get('type')} {metadata.get('error_type')}".lower()
    return next((status for word, status in _WORDS if word in words), None)


_WORDS = (
    ("rate_limit", 429),
    ("exhausted", 429),
    ("timeout", 408),
    ("overloaded", 529),
    ("unavailable", 503),
    ("server", 500),
    ("unmapped", 500),
    ("api_key", 401),
    ("authentication", 401),
    ("payment", 402),
    ("insufficient_quota", 402),
    ("permission", 403),
    ("not_found", 404),
    ("too_large", 413),
    ("unprocessable", 422),
    ("context_length", 400),
    ("invalid", 400),
    ("content_policy", 400),
    ("refusal", 400),
    ("exceeded", 400),
    ("too_long", 400),
)


def _one_line(text: str) -> str:
    return _BLANK.sub(" ", text).strip()

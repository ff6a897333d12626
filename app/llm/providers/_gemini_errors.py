"""What Google's SDK raises, in our words."""

from typing import Any

import httpx2
from google.genai.errors import APIError

from app.kit import json
from app.llm.errors import LLMError
from app.llm.providers._openai_payload import dict_in, dicts_in, text_in
from app.llm.providers._sdk_failures import SdkFailures
from app.llm.providers._sdk_http import unreachable
from app.llm.providers.registry import ProviderRow

ERRORS = (
    APIError,
    httpx2.HTTPError,
    ValueError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
)
"""A connection that is lost in mid-stream isn't the SDK's own error. The last ones come out of it
for JSON of a shape that it doesn't expect: it checks nothing before it reads."""


def begin_failed(error: Exception, failures: SdkFailures, row: ProviderRow) -> LLMError:
    """No answer began."""
    if isinstance(error, httpx2.HTTPError):
        return unreachable(error, failures)
    return _answered(error, failures, row)


def broke_off(error: Exception, failures: SdkFailures, row: ProviderRow) -> LLMError:
    """An answer began, and then came this."""
    if isinstance(error, httpx2.HTTPError):
        return failures.unusable("broke off in mid-answer")
    return _answered(error, failures, row)


def _answered(error: Exception, failures: SdkFailures, row: ProviderRow) -> LLMError:
    if not isinstance(error, APIError):
        return failures.unusable("sent something that isn't an answer")
    said = _error_in(error.details)
    details = dicts_in(said.get("details"))
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details):
        advice = f"check {row.key_variable}"
        return failures.refused(error.code, text_in(said.get("message")), advice, meant=401)
    body = json.dumps({"error": said}).decode()
    return failures.from_status(error.code, body, _headers(error) | _delay(details))


def _error_in(details: object) -> dict[str, Any]:
    """Gemini's error object; a text that is none comes without the `error` around it."""
    found = dict_in(details)
    return dict_in(found.get("error")) or found


def _headers(error: APIError) -> dict[str, str]:
    headers = getattr(error.response, "headers", None) or {}
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _delay(details: list[dict[str, Any]]) -> dict[str, str]:
    """`RetryInfo` says how long to wait, as in `34.5s`, where others send a header."""
    delays = (text_in(detail.get("retryDelay")).removesuffix("s") for detail in details)
    delay = next(filter(None, delays), None)
    return {"retry-after": delay} if delay else {}

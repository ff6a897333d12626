"""Turns whatever goes wrong with a model into one of our errors, in words that help.

Every message names provider and model and says what to do; none holds a key.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from app.kit import json
from app.kit.clock import Clock, utc_now
from app.llm.errors import (
    BadGateway,
    LLMError,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
)
from app.llm.providers._transport import timed_out
from app.llm.providers.registry import ProviderRow

_TRY = "try again, or another model"
_EXCERPT = 300
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f]+")


class Failures:
    """The errors of one model at one provider. `secret` is blotted out of what upstream says."""

    def __init__(
        self, row: ProviderRow, model: str, secret: str = "", *, clock: Clock = utc_now
    ) -> None:
        self._row = row
        self._who = f"{row.title} ({model})" if model else row.title
        self._secret = secret
        self._clock = clock

    def timeout(self, what: str, seconds: float) -> ModelTimeout:
        return ModelTimeout(f"{self._who} {what} within {seconds:g} s; {_TRY}")

    def unreachable(self, error: Exception) -> LLMError:
        """No connection, or one that was closed before an answer."""
        if timed_out(error):
            return ModelTimeout(f"{self._who} can't be connected to in time; {self._row.remedy}")
        if isinstance(error, aiohttp.ClientResponseError):
            return self.misplaced("answered with something that isn't HTTP")
        return ProviderUnavailable(f"{self._who} can't be reached; {self._row.remedy}")

    def unusable(self, what: str, advice: str = _TRY) -> BadGateway:
        return BadGateway(f"{self._who} {what}; {advice}")

    def misplaced(self, what: str) -> BadGateway:
        """Something else than a model's server lives at the address."""
        return self.unusable(what, f"check {self._row.url_variable}")

    def from_status(
        self, status: int, body: str, headers: Mapping[str, str] | None = None
    ) -> LLMError:
        text = f"{self._who} answered {status}{self._quoted(_message(body))}"
        wait = _retry_after((headers or {}).get("retry-after"), self._clock)
        if status == 429:
            return RateLimited(f"{text}; wait, or use another model", retry_after=wait)
        if status == 408:
            return ModelTimeout(f"{text}; {_TRY}")
        if status >= 500:
            return ProviderUnavailable(f"{text}; {_TRY}", retry_after=wait)
        if status >= 400:
            return RequestRefused(f"{text}; {self._advice(status)}", upstream_status=status)
        return self.misplaced(f"answered {status}, which is no answer")

    def from_payload(self, payload: object) -> LLMError:
        """An error object inside an answer of status 200, first thing or in mid-stream."""
        error = payload if isinstance(payload, dict) else {"message": str(payload)}
        status = _status_in(error)
        body = json.dumps({"error": error}).decode()
        if status is None:
            return self.unusable(f"broke off with an error{self._quoted(_message(body))}")
        return self.from_status(status, body)

    def _advice(self, status: int) -> str:
        row = self._row
        if status in (401, 403):
            return f"check {row.key_variable}"
        if status == 402:
            return f"add credits at {row.title}, or use another model"
        if status == 404:
            return row.unknown_model
        return "the request doesn't suit this model"

    def _quoted(self, text: str) -> str:
        if self._secret:
            text = text.replace(self._secret, "***")
        return f": {text[:_EXCERPT]}" if text else ""


def _message(body: str) -> str:
    """The readable part of an error body, on one line; nothing of a web page."""
    try:
        payload = json.loads(body)
    except ValueError:
        return "" if body.lstrip().startswith("<") else _BLANK.sub(" ", body).strip()
    found = payload.get("error", payload) if isinstance(payload, dict) else payload
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail") or ""
    return _BLANK.sub(" ", str(found)).strip()


def _status_in(error: dict[str, Any]) -> int | None:
    """The HTTP status an error object stands for: vendors send a number, a word, or both."""
    code = error.get("code")
    if str(code).isdecimal() and 400 <= int(str(code)) <= 599:
        return int(str(code))
    metadata = error.get("metadata")
    kind = metadata.get("error_type") if isinstance(metadata, dict) else None
    words = f"{code} {error.get('type')} {kind}".lower()
    return next((status for word, status in _WORDS if word in words), None)


_WORDS = (
    ("rate_limit", 429),
    ("timeout", 408),
    ("overloaded", 529),
    ("unavailable", 503),
    ("server", 500),
    ("authentication", 401),
    ("payment", 402),
    ("permission", 403),
    ("not_found", 404),
    ("context_length", 400),
    ("invalid", 400),
)


def _retry_after(value: str | None, clock: Clock) -> float | None:
    """Seconds from a `Retry-After` header, which holds seconds or an HTTP date (RFC 9110)."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _until_date(value, clock)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until_date(value: str, clock: Clock) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - clock()).total_seconds())

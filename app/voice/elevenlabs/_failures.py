"""What each failure of the SDK means. Never quotes what the vendor wrote, which may hold the text
or the key: only its short code."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.parse_error import ParsingError
from pydantic import ValidationError

from app.errors import AppError
from app.kit.clock import utc_now
from app.voice.errors import UnknownVoice, VoiceTimeout, VoiceUnavailable, VoiceUnusable

_CODE = re.compile(r"[a-z_]{1,60}")
_LONGEST_WAIT = 3600.0


@contextmanager
def failure(*, voice_id: str | None = None) -> Iterator[None]:
    """Turns whatever the block's SDK raises into an error of ours."""
    try:
        yield
    except ApiError as error:
        raise refusal(error, voice_id) from None  # the cause holds headers and body
    except (ParsingError, ValidationError, ValueError) as error:
        raise VoiceUnusable("answered with something that makes no sense") from error
    except httpx.TimeoutException as error:
        raise VoiceTimeout("can't be reached: no connection within 5 s") from error
    except httpx.HTTPError as error:
        raise VoiceUnavailable(_broken(error)) from error


def refusal(error: ApiError, voice_id: str | None) -> AppError:
    """By the answer's status and the code in its body."""
    status, code = error.status_code or 0, _code(error.body)
    if code == "voice_not_found" or (status == 404 and voice_id):
        return UnknownVoice(voice_id or "")
    if code == "quota_exceeded" or status == 402:
        return VoiceUnavailable("has no characters left in this plan", retryable=False)
    if status in (401, 403):
        return VoiceUnavailable("refuses the key: check ELEVENLABS_API_KEY", retryable=False)
    told = f" ({code})" if code else ""
    if status == 429:
        wait = _retry_after(error.headers)
        return VoiceUnavailable(f"is asked too often{told}", retry_after=wait)
    if status >= 500:
        return VoiceUnavailable(f"failed with status {status}{told}")
    return VoiceUnavailable(f"refused with status {status}{told}", retryable=False)


def _broken(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ConnectError):
        return "can't be reached: no connection"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return "hung up before it was done"
    return "answered with something that isn't HTTP"


def _code(body: Any) -> str | None:
    detail = body.get("detail") if isinstance(body, dict) else None
    told = detail.get("status") or detail.get("code") if isinstance(detail, dict) else None
    return told if isinstance(told, str) and _CODE.fullmatch(told) else None


def _retry_after(headers: Any) -> float | None:
    told = (headers or {}).get("retry-after", "")
    try:
        seconds = float(told) if told.isdigit() else _until(told)
    except ValueError:
        return None
    return min(max(0.0, seconds), _LONGEST_WAIT)


def _until(date: str) -> float:
    return (parsedate_to_datetime(date) - utc_now()).total_seconds()

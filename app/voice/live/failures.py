"""What each failure of the websocket means. Never quotes what the vendor wrote, which may hold the
text: only its short code."""

import re

from app.errors import AppError
from app.voice.errors import UnknownVoice, VoiceUnavailable

_CODE = re.compile(r"[a-z_]{1,60}")
_LONGEST_WAIT = 3600

_QUOTA = frozenset({"quota_exceeded", "insufficient_credits", "payment_required"})


def refused(error: str, voice_id: str) -> AppError:
    """By the code in a message that says what is wrong."""
    if error in _QUOTA:
        return _used_up()
    if error.startswith("voice_"):
        return UnknownVoice(voice_id)
    if "api_key" in error or "authorization" in error:
        return _wrong_key()
    return VoiceUnavailable(f"broke off{_told(error)}")


def not_opened(status: int, retry_after: str, voice_id: str) -> AppError:
    """By the answer to the opening handshake."""
    if status == 404:
        return UnknownVoice(voice_id)
    if status == 402:
        return _used_up()
    if status in (401, 403):
        return _wrong_key()
    if status == 429:
        wait = min(int(retry_after), _LONGEST_WAIT) if _is_number(retry_after) else None
        return VoiceUnavailable("is asked too often", retry_after=wait)
    return VoiceUnavailable(f"opened no websocket, with status {status}", retryable=status >= 500)


def _used_up() -> VoiceUnavailable:
    return VoiceUnavailable("has no characters left in this plan", retryable=False)


def _wrong_key() -> VoiceUnavailable:
    return VoiceUnavailable("refuses the key: check ELEVENLABS_API_KEY", retryable=False)


def _told(code: str) -> str:
    return f" ({code})" if _CODE.fullmatch(code) else ""


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 10

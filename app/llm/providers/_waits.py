"""How long a vendor asks to be left alone, in whichever header it says so."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.kit.clock import Clock

_MILLISECONDS = 1e11  # as seconds since 1970 that would be the year 5138
_A_MOMENT = 1e9  # as seconds to wait that would be thirty years


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds, never below 0; None when no header says.

    `Retry-After` holds seconds or an HTTP date (RFC 9110). Where it is missing, OpenAI's
    `retry-after-ms` counts, then `X-RateLimit-Reset`: OpenRouter sends the moment in milliseconds
    since 1970, others in seconds, or the seconds until then.
    """
    if (asked := headers.get("retry-after")) is not None:
        seconds = _number(asked)
        return _until_date(asked, clock) if seconds is None else max(0.0, seconds)
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return max(0.0, milliseconds / 1000)
    reset = _number(headers.get("x-ratelimit-reset"))
    return None if reset is None else max(0.0, _until(reset, clock))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _until(moment: float, clock: Clock) -> float:
    if moment < _A_MOMENT:
        return moment
    seconds = moment / 1000 if moment > _MILLISECONDS else moment
    return seconds - clock().timestamp()


def _until_date(text: str, clock: Clock) -> float | None:
    try:
        moment: datetime = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - clock()).total_seconds())

"""The time that figures are wanted of, and the steps it is divided into."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.insights.performance.errors import WindowInvalid
from app.kit.clock import iso_z
from app.kit.frozen import frozen
from app.web import quoted

LONGEST = timedelta(days=90)
MOST_STEPS = 1000
USUAL = timedelta(hours=24)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_EPOCH = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,9})?")
_STEP = re.compile(r"([0-9]{1,8})(s|m|h|d)?")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": HOUR, "d": DAY}
_MOMENT = "2026-01-31T12:00:00Z or 1769860800, seconds since 1970"


@frozen
class Window:
    """From `since` to just before `until`; its last step may be a shorter one."""

    since: datetime
    until: datetime
    step: timedelta

    @property
    def hours(self) -> float:
        return (self.until - self.since) / HOUR

    @property
    def count(self) -> int:
        """How many steps there are."""
        return -((self.since - self.until) // self.step)

    def steps(self) -> "Iterator[Window]":
        for index in range(self.count):
            since = self.since + index * self.step
            yield Window(since, min(since + self.step, self.until), self.step)


def window(since: str | None, until: str | None, step: str | None, now: datetime) -> Window:
    """The window that `from`, `to` and `step` of a request ask for; without them, the 24 hours up
    to `now`, by the hour, or by the day where that would be too many steps.

    Raises `WindowInvalid`.
    """
    end = now if until is None else _moment("to", until)
    start = end - USUAL if since is None else _moment("from", since)
    if start >= end:
        raise WindowInvalid("from", f"should be before to, {end.isoformat()}, got {quoted(since)}")
    if end - start > LONGEST:
        raise WindowInvalid(
            "from",
            f"should be at most {LONGEST.days} days before to, got {quoted(since)}; "
            f"for example {iso_z(end - LONGEST)}",
        )
    usual = HOUR if end - start <= MOST_STEPS * HOUR else DAY
    found = Window(start, end, usual if step is None else _duration(step))
    if found.count > MOST_STEPS:
        least = -((start - end) // timedelta(seconds=MOST_STEPS))
        raise WindowInvalid(
            "step", f"makes {found.count} steps, {MOST_STEPS} are the most; for example {least}s"
        )
    return found


def _moment(field: str, given: str) -> datetime:
    try:
        found = _from_epoch(given) if _EPOCH.fullmatch(given) else datetime.fromisoformat(given)
    except (ValueError, OverflowError):
        raise WindowInvalid(
            field, f"should be a moment, got {quoted(given)}; for example {_MOMENT}"
        ) from None
    if found.tzinfo is None:
        raise WindowInvalid(
            field, f"should have a time zone, got {quoted(given)}; for example {_MOMENT}"
        )
    if not _EARLIEST <= found < _LATEST:
        raise WindowInvalid(
            field, f"should be between 2000 and 2100, got {quoted(given)}; for example {_MOMENT}"
        )
    return found.astimezone(UTC)


def _from_epoch(given: str) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(given))


def _duration(given: str) -> timedelta:
    found = _STEP.fullmatch(given)
    step = int(found[1]) * _UNITS[found[2] or "s"] if found else timedelta(0)
    if not timedelta(0) < step <= LONGEST:
        raise WindowInvalid(
            "step",
            f"should be a duration of at most {LONGEST.days} days, got {quoted(given)}; "
            "for example 15m, 1h, 1d or 900, seconds",
        )
    return step

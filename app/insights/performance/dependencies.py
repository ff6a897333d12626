"""What the endpoint of the performance figures asks for, as types."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.insights.performance.service import Performance
from app.insights.performance.window import LONGEST, MOST_STEPS, Window


async def _performance(request: Request) -> Performance:
    found: Performance = request.state.performance
    return found


InPerformance = Annotated[Performance, Depends(_performance)]

_Given = str | None
_LONGEST_TEXT = 40


async def _window(
    performance: InPerformance,
    since: Annotated[
        _Given,
        Query(
            alias="from",
            max_length=_LONGEST_TEXT,
            description="The first moment: ISO 8601 with a time zone, or seconds since 1970. "
            f"Without it, 24 hours before `to`; at most {LONGEST.days} days before it.",
            examples=["2026-01-31T12:00:00Z"],
        ),
    ] = None,
    until: Annotated[
        _Given,
        Query(
            alias="to",
            max_length=_LONGEST_TEXT,
            description="The moment after the last: the same. Without it, now.",
            examples=["2026-02-01T12:00:00Z"],
        ),
    ] = None,
    step: Annotated[
        _Given,
        Query(
            max_length=_LONGEST_TEXT,
            description="How long a step is: seconds, or `15m`, `1h`, `1d`; at most "
            f"{MOST_STEPS} of them. Without it, an hour, or a day in a window of more than "
            f"{MOST_STEPS} hours.",
            examples=["1h"],
        ),
    ] = None,
) -> Window:
    return performance.window(since, until, step)


InWindow = Annotated[Window, Depends(_window)]

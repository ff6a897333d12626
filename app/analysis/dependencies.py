"""What the endpoints of analysis ask for, as types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from app.analysis.opening import Analysis
from app.analysis.service import Analyses
from app.errors import FieldIssue, InvalidInput


async def _analyses(request: Request) -> Analyses:
    found: Analysis = request.state.analysis
    return found.analyses


async def _two(
    run: Annotated[
        list[UUID],
        Query(description="Two different runs that are over: `run=…&run=…`.", max_length=10),
    ],
) -> tuple[UUID, UUID]:
    """Raises `InvalidInput` unless there are exactly two, and different ones."""
    if len(run) != 2 or run[0] == run[1]:
        issue = f"should be two different runs, as in run=ID&run=ID; {_told(run)}"
        raise InvalidInput(f"run: {issue}", details=(FieldIssue("run", issue),))
    return run[0], run[1]


def _told(run: list[UUID]) -> str:
    given = len(run)
    again = "" if len(set(run)) == given else ", one of them again"
    return f"there {'is' if given == 1 else 'are'} {given}{again}"


InAnalysis = Annotated[Analyses, Depends(_analyses)]
TwoRuns = Annotated[tuple[UUID, UUID], Depends(_two)]
RunID = Annotated[UUID, Path(description="The run's id, from the start of its room.")]
SessionID = Annotated[UUID, Path(description="The session's id, from initialize.")]
Limit = Annotated[int, Query(ge=1, le=50, description="Runs on a page.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Runs before the page.")]

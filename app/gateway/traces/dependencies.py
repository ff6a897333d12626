"""What the endpoints of telemetry ask for, as types."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.gateway.traces.scores.repository import WantedScores
from app.gateway.traces.scores.service import Scores
from app.telemetry import ExporterStatus


async def _scores(request: Request) -> Scores:
    found: Scores = request.state.scores
    return found


async def _exporters(request: Request) -> Mapping[str, ExporterStatus]:
    found: Mapping[str, ExporterStatus] = request.state.exporters
    return found


async def _wanted(
    *,
    run_id: Annotated[UUID | None, Query(description="A negotiation's run.")] = None,
    conversation_id: Annotated[UUID | None, Query(description="A conversation.")] = None,
    message_id: Annotated[UUID | None, Query(description="What was said.")] = None,
    scorer: Annotated[
        str | None, Query(max_length=100, description="A scorer.", examples=["correctness"])
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Scores on a page.")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Scores before the page.")] = 0,
) -> WantedScores:
    return WantedScores(
        run_id=run_id,
        conversation_id=conversation_id,
        message_id=message_id,
        scorer=scorer,
        limit=limit,
        offset=offset,
    )


InScores = Annotated[Scores, Depends(_scores)]
OfExporters = Annotated[Mapping[str, ExporterStatus], Depends(_exporters)]
Wanted = Annotated[WantedScores, Depends(_wanted)]

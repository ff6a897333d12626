"""What the ledger's endpoints ask for, as types."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from pydantic import AwareDatetime

from app.gateway.calls.reading import CallReader
from app.gateway.calls.wanted import WantedCalls
from app.llm import CacheUse, CallStatus, Task


async def _reader(request: Request) -> CallReader:
    found: CallReader = request.state.calls
    return found


async def _wanted(
    *,
    status: Annotated[CallStatus | None, Query(description="How it ended.")] = None,
    task: Annotated[Task | None, Query(description="What it was for.")] = None,
    provider: Annotated[
        str | None, Query(max_length=100, description="Where the model is that was heard.")
    ] = None,
    model: Annotated[
        str | None, Query(max_length=500, description="The model that was heard.")
    ] = None,
    cache: Annotated[CacheUse | None, Query(description="What the cache did.")] = None,
    run_id: Annotated[UUID | None, Query(description="A negotiation's run.")] = None,
    conversation_id: Annotated[UUID | None, Query(description="A conversation.")] = None,
    trace_id: Annotated[
        str | None,
        Query(
            pattern="^[0-9a-f]{32}$",
            description="The trace that it was made in.",
            examples=["0af7651916cd43dd8448eb211c80319c"],
        ),
    ] = None,
    since: Annotated[
        AwareDatetime | None,
        Query(alias="from", description="Began then or later.", examples=["2026-01-31T12:00:00Z"]),
    ] = None,
    until: Annotated[
        AwareDatetime | None,
        Query(alias="to", description="Began earlier.", examples=["2026-02-01T00:00:00Z"]),
    ] = None,
    min_cost: Annotated[
        Decimal | None,
        Query(ge=0, le=1_000_000_000, allow_inf_nan=False, description="USD, at least."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Calls on a page.")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Calls before the page.")] = 0,
) -> WantedCalls:
    return WantedCalls(
        status=status,
        task=task,
        provider=provider,
        model=model,
        cache=cache,
        run_id=run_id,
        conversation_id=conversation_id,
        trace_id=trace_id,
        since=since,
        until=until,
        min_cost=min_cost,
        limit=limit,
        offset=offset,
    )


InLedger = Annotated[CallReader, Depends(_reader)]
Wanted = Annotated[WantedCalls, Depends(_wanted)]
CallID = Annotated[UUID, Path(description="The call's id, from the list.")]

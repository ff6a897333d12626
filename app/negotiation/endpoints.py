"""The marketplace over HTTP: contract version 1."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response, status

from app.accounts import TenantId
from app.kit.money import MAX_AMOUNT
from app.llm import ProviderDisabled
from app.negotiation.dependencies import (
    FromCursor,
    InMarketplace,
    InRooms,
    ReadOnly,
    RoomID,
    SessionID,
    ToWatch,
)
from app.negotiation.errors import (
    IllegalDecision,
    InsufficientInventory,
    LogNotFound,
    MaxSellersExceeded,
    NegotiationAlreadyActive,
    NegotiationAlreadyDecided,
    NegotiationNotActive,
    NoSellersAvailable,
    RoomNotFound,
    SessionNotFound,
    TooManyMessages,
)
from app.negotiation.rooms import deal_of
from app.negotiation.schemas import (
    DecideResponse,
    DeleteResponse,
    InitializeRequest,
    InitializeResponse,
    LogResponse,
    MessageRequest,
    MessageResponse,
    SessionResponse,
    StartResponse,
    StateResponse,
    SummaryResponse,
)
from app.negotiation.stream_schemas import STREAM_RESPONSES
from app.web import Router, Streams, problems

router = Router(prefix="/api/v1")

SESSIONS: list[str | Enum] = ["Sessions"]
ROOMS: list[str | Enum] = ["Rooms"]


@router.post(
    "/simulation/initialize",
    tags=SESSIONS,
    response_model=InitializeResponse,
    responses=problems(MaxSellersExceeded, ProviderDisabled),
)
async def initialize(
    marketplace: InMarketplace, tenant_id: TenantId, body: InitializeRequest
) -> InitializeResponse:
    """Make a marketplace: one buyer, up to ten sellers, a room for every item."""
    return await marketplace.initialize(tenant_id, body)


@router.get(
    "/simulation/{session_id}",
    tags=SESSIONS,
    response_model=SessionResponse,
    responses=problems(SessionNotFound),
)
async def get_session(
    marketplace: InMarketplace, tenant_id: TenantId, session_id: SessionID
) -> SessionResponse:
    """The session and its rooms, as they stand."""
    return await marketplace.get(tenant_id, session_id)


@router.delete(
    "/simulation/{session_id}",
    tags=SESSIONS,
    response_model=DeleteResponse,
    responses=problems(SessionNotFound),
)
async def delete_session(
    marketplace: InMarketplace, tenant_id: TenantId, session_id: SessionID
) -> DeleteResponse:
    """Remove a session; its logs are kept until their retention ends."""
    return await marketplace.delete(tenant_id, session_id)


@router.get(
    "/simulation/{session_id}/summary",
    tags=SESSIONS,
    response_model=SummaryResponse,
    responses=problems(SessionNotFound),
)
async def summary(reader: ReadOnly, tenant_id: TenantId, session_id: SessionID) -> SummaryResponse:
    """What was bought, for how much, and what wasn't and why."""
    return await reader.summary(tenant_id, session_id)


@router.post(
    "/negotiation/{room_id}/start",
    tags=ROOMS,
    response_model=StartResponse,
    responses=problems(
        RoomNotFound, NegotiationAlreadyActive, NoSellersAvailable, ProviderDisabled
    ),
)
async def start(rooms: InRooms, tenant_id: TenantId, room_id: RoomID) -> StartResponse:
    """Start a run of the room; it goes on by itself, watched or not."""
    return await rooms.start(tenant_id, room_id)


@router.get(
    "/negotiation/{room_id}/stream",
    tags=ROOMS,
    response_class=Response,
    responses={**STREAM_RESPONSES, **problems(RoomNotFound)},
)
async def stream(
    watching: ToWatch, streams: Streams, tenant_id: TenantId, room_id: RoomID, cursor: FromCursor
) -> Response:
    """Watch the room live, as server-sent events; come back with `Last-Event-ID`."""
    watch = await watching.subscribe(tenant_id, room_id, cursor)
    return streams.respond(lambda closing: watching.stream(watch, closing))


@router.get(
    "/negotiation/{room_id}/state",
    tags=ROOMS,
    response_model=StateResponse,
    responses=problems(RoomNotFound),
)
async def state(
    reader: ReadOnly,
    tenant_id: TenantId,
    room_id: RoomID,
    agent_id: Annotated[UUID | None, Query(description="See as this buyer or seller.")] = None,
    agent_type: Annotated[Literal["buyer", "seller"] | None, Query()] = None,
) -> StateResponse:
    """The conversation and the offers, of all or as one agent sees them."""
    return await reader.state(tenant_id, room_id, agent_id, agent_type)


@router.post(
    "/negotiation/{room_id}/message",
    tags=ROOMS,
    status_code=status.HTTP_202_ACCEPTED,
    response_model=MessageResponse,
    responses=problems(RoomNotFound, NegotiationNotActive, TooManyMessages),
)
async def message(
    rooms: InRooms, tenant_id: TenantId, room_id: RoomID, body: MessageRequest
) -> MessageResponse:
    """Speak for the buyer: the message takes its next turn."""
    return await rooms.speak(tenant_id, room_id, body.message)


@router.post(
    "/negotiation/{room_id}/decide",
    tags=ROOMS,
    response_model=DecideResponse,
    responses=problems(
        RoomNotFound,
        NoSellersAvailable,
        IllegalDecision,
        InsufficientInventory,
        NegotiationAlreadyDecided,
    ),
)
async def decide(
    rooms: InRooms,
    tenant_id: TenantId,
    room_id: RoomID,
    decision_type: Annotated[Literal["deal", "no_deal"], Query()],
    selected_seller_id: Annotated[UUID | None, Query()] = None,
    final_price_per_unit: Annotated[
        Decimal | None, Query(ge=0, le=MAX_AMOUNT, allow_inf_nan=False)
    ] = None,
    quantity: Annotated[int | None, Query(ge=1, le=1_000_000_000)] = None,
    decision_reason: Annotated[str | None, Query(max_length=1000)] = None,
) -> DecideResponse:
    """End the room's negotiation with this outcome."""
    deal = None
    if decision_type == "deal":
        deal = deal_of(selected_seller_id, final_price_per_unit, quantity)
    return await rooms.decide(tenant_id, room_id, deal, decision_reason)


@router.get(
    "/logs/{session_id}/{room_id}",
    tags=ROOMS,
    response_model=LogResponse,
    responses=problems(LogNotFound),
)
async def log(
    reader: ReadOnly,
    tenant_id: TenantId,
    session_id: SessionID,
    room_id: RoomID,
    run: Annotated[
        int | None,
        Query(ge=1, le=1_000_000_000, description="1 is the first run; left out, the newest."),
    ] = None,
) -> LogResponse | dict[str, Any]:
    """The stored log of one of the room's runs."""
    return await reader.log(tenant_id, session_id, room_id, run)

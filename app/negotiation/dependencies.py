"""What the market's endpoints ask for, as types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request

from app.negotiation.reader import Reader
from app.negotiation.rooms import Rooms
from app.negotiation.service import Marketplace
from app.negotiation.stream import Cursor, Watching


async def _marketplace(request: Request) -> Marketplace:
    found: Marketplace = request.state.marketplace
    return found


async def _rooms(request: Request) -> Rooms:
    found: Rooms = request.state.rooms
    return found


async def _reader(request: Request) -> Reader:
    found: Reader = request.state.reader
    return found


async def _watching(request: Request) -> Watching:
    found: Watching = request.state.watching
    return found


async def _cursor(
    last_event_id: Annotated[
        str | None,
        Header(description="Go on after this event; a browser sends it by itself."),
    ] = None,
    start: Annotated[
        str | None,
        Query(alias="from", description="Go on after this event; 0: from the start."),
    ] = None,
    last_event: Annotated[
        str | None,
        Query(alias="last_event_id", description="The same as `from`."),
    ] = None,
) -> Cursor:
    return Cursor(last_event_id=last_event_id, start=start or last_event)


InMarketplace = Annotated[Marketplace, Depends(_marketplace)]
InRooms = Annotated[Rooms, Depends(_rooms)]
ReadOnly = Annotated[Reader, Depends(_reader)]
ToWatch = Annotated[Watching, Depends(_watching)]
FromCursor = Annotated[Cursor, Depends(_cursor)]

SessionID = Annotated[UUID, Path(description="The session's id, from initialize.")]
RoomID = Annotated[UUID, Path(description="The room's id, from initialize.")]

"""What endpoints of every slice ask for, as types."""

from typing import Annotated

from fastapi import Depends, Request

from app.web.event_stream import EventStreams


async def _streams(request: Request) -> EventStreams:
    found: EventStreams = request.state.streams
    return found


Streams = Annotated[EventStreams, Depends(_streams)]

"""What the endpoints of conversations ask for, as types."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Request

from app.chat.opening import Chat

_PLACE = re.compile(r"[0-9]{1,9}")


async def _chat(request: Request) -> Chat:
    found: Chat = request.state.chat
    return found


async def _after(
    last_event_id: Annotated[
        str | None,
        Header(description="Go on after this event; a browser sends it by itself."),
    ] = None,
) -> int:
    """The first event, where what a client says is no place."""
    return int(last_event_id) if last_event_id and _PLACE.fullmatch(last_event_id) else 0


InChat = Annotated[Chat, Depends(_chat)]
After = Annotated[int, Depends(_after)]

GenerationID = Annotated[UUID, Path(description="The generation's id, from its first event.")]

MessageID = Annotated[UUID, Path(description="The message's id, from its conversation or stream.")]
ConversationID = Annotated[
    UUID, Path(description="The conversation's id, from the list or the stream.")
]

"""What the endpoints of conversations ask for, as types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from app.chat.opening import Chat


async def _chat(request: Request) -> Chat:
    found: Chat = request.state.chat
    return found


InChat = Annotated[Chat, Depends(_chat)]

MessageID = Annotated[UUID, Path(description="The message's id, from its conversation or stream.")]
ConversationID = Annotated[
    UUID, Path(description="The conversation's id, from the list or the stream.")
]

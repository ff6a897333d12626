"""What the AI SDK's endpoints ask for, as types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from app.chat import EXTERNAL_ID_LENGTH
from app.compat.ai_sdk.door import AiSdkDoor
from app.compat.openai.caller import fingerprint


async def _door(request: Request) -> AiSdkDoor:
    found: AiSdkDoor = request.state.ai_sdk
    return found


async def _key_id(request: Request) -> str | None:
    return fingerprint(request.headers.get("authorization", "").encode())


Door = Annotated[AiSdkDoor, Depends(_door)]
KeyID = Annotated[str | None, Depends(_key_id)]
ChatOf = Annotated[
    str,
    Path(
        min_length=1,
        max_length=EXTERNAL_ID_LENGTH,
        description="The chat, as the page calls it, or the conversation's id.",
        examples=["chat-1"],
    ),
]
Generation = Annotated[
    UUID | None,
    Query(description="The answer to show, as `x-parley-generation` and the metadata name it."),
]

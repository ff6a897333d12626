"""What the memories' endpoints ask for, as types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from app.chat.memory.repository import WantedMemories
from app.chat.memory.telling import Kind

Limit = Annotated[int, Query(ge=1, le=500, description="Memories on a page.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Memories before the page.")]
MemoryID = Annotated[UUID, Path(description="The memory's id, from the list or the context.")]


async def _wanted(
    *,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="Words, or a part of the text or the subject.",
            examples=["budget"],
        ),
    ] = None,
    kind: Annotated[Kind | None, Query(description="Facts or preferences only.")] = None,
    conversation_id: Annotated[
        UUID | None, Query(description="Those that were told in this conversation.")
    ] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> WantedMemories:
    return WantedMemories(
        q=q, kind=kind, conversation_id=conversation_id, limit=limit, offset=offset
    )


Wanted = Annotated[WantedMemories, Depends(_wanted)]

"""What the conversations' endpoints ask for, as types."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from app.chat.conversations.browsing import WantedConversations, WantedMessages
from app.chat.templates import find

_LENGTH = 200


async def _conversations(
    *,
    text: Annotated[
        str | None,
        Query(
            alias="q",
            max_length=_LENGTH,
            description="In the title, or all in one message; the last word may be a beginning.",
            examples=["train rome"],
        ),
    ] = None,
    template: Annotated[
        str | None, Query(max_length=_LENGTH, description="Of this kind.", examples=["casual"])
    ] = None,
    since: Annotated[
        AwareDatetime | None,
        Query(
            alias="from", description="Changed then or later.", examples=["2026-01-31T12:00:00Z"]
        ),
    ] = None,
    until: Annotated[
        AwareDatetime | None,
        Query(alias="to", description="Changed earlier.", examples=["2026-02-01T00:00:00Z"]),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Conversations on a page.")] = 50,
    offset: Annotated[
        int, Query(ge=0, le=1_000_000, description="Conversations before the page.")
    ] = 0,
) -> WantedConversations:
    """Raises `UnknownTemplate`."""
    if template is not None:
        find(template)
    return WantedConversations(text, template, since, until, limit, offset)


async def _messages(
    *,
    every: Annotated[
        bool, Query(alias="all", description="Those of all branches, not of the shown one only.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=100, description="Messages on a page.")] = 50,
    offset: Annotated[
        int | None,
        Query(
            ge=0, le=1_000_000, description="Messages before the page; without it, the last page."
        ),
    ] = None,
) -> WantedMessages:
    return WantedMessages(every, limit, offset)


ToFind = Annotated[WantedConversations, Depends(_conversations)]
ToRead = Annotated[WantedMessages, Depends(_messages)]

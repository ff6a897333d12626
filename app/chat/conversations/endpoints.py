"""Conversations over HTTP."""

from typing import Annotated, Any

from fastapi import Query, Response, status

from app.accounts import TenantId
from app.chat.conversations.dependencies import ToFind, ToRead
from app.chat.conversations.export import Format
from app.chat.conversations.schemas import (
    ConversationChanges,
    ConversationDeleted,
    ConversationDetail,
    ConversationIn,
    ConversationsPage,
    MessagesView,
)
from app.chat.dependencies import ConversationID, InChat
from app.chat.errors import ConversationNotFound, MessageNotFound
from app.web import Download, Router, problems

router = Router(prefix="/api/conversations", tags=["Conversations"])

EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file; its name is in `Content-Disposition`.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/markdown": {"schema": {"type": "string"}},
        },
    }
}


@router.get("", response_model=ConversationsPage)
async def find_conversations(
    chat: InChat, tenant_id: TenantId, wanted: ToFind
) -> ConversationsPage:
    """The tenant's conversations, page by page; those in which something was said, with `q`."""
    page = await chat.browsing.find(tenant_id, wanted)
    return ConversationsPage.of(page, limit=wanted.limit, offset=wanted.offset)


@router.post("", status_code=status.HTTP_201_CREATED, response_model=ConversationDetail)
async def create_conversation(
    chat: InChat, tenant_id: TenantId, body: ConversationIn
) -> ConversationDetail:
    """Begin a conversation before anything is said, to say how it is to be held.

    `POST /api/chat/stream` begins one by itself.
    """
    made = await chat.conversations.create(tenant_id, body.columns())
    return ConversationDetail.of(await chat.browsing.get(tenant_id, made.id))


@router.get(
    "/{conversation_id}",
    response_model=ConversationDetail,
    responses=problems(ConversationNotFound),
)
async def get_conversation(
    chat: InChat, tenant_id: TenantId, conversation_id: ConversationID
) -> ConversationDetail:
    """One conversation, and whether an answer is being made in it."""
    return ConversationDetail.of(await chat.browsing.get(tenant_id, conversation_id))


@router.patch(
    "/{conversation_id}",
    response_model=ConversationDetail,
    responses=problems(ConversationNotFound, MessageNotFound),
)
async def change_conversation(
    chat: InChat, tenant_id: TenantId, conversation_id: ConversationID, body: ConversationChanges
) -> ConversationDetail:
    """Change how it is held, or which of its branches is shown and goes on."""
    await chat.conversations.change(tenant_id, conversation_id, body.columns())
    return ConversationDetail.of(await chat.browsing.get(tenant_id, conversation_id))


@router.delete(
    "/{conversation_id}",
    response_model=ConversationDeleted,
    responses=problems(ConversationNotFound),
)
async def delete_conversation(
    chat: InChat, tenant_id: TenantId, conversation_id: ConversationID
) -> ConversationDeleted:
    """Remove a conversation with all that was said in it.

    An answer that is being made is stopped. What is remembered of it stays, without its source.
    """
    await chat.conversations.delete(tenant_id, conversation_id)
    return ConversationDeleted(id=conversation_id)


@router.get(
    "/{conversation_id}/messages",
    response_model=MessagesView,
    responses=problems(ConversationNotFound),
)
async def read_messages(
    chat: InChat, tenant_id: TenantId, conversation_id: ConversationID, wanted: ToRead
) -> MessagesView:
    """What was said in the branch that is shown, or with `all=true` in all of them."""
    page = await chat.browsing.messages(tenant_id, conversation_id, wanted)
    return MessagesView.of(page, limit=wanted.limit)


@router.get(
    "/{conversation_id}/export",
    response_class=Response,
    responses={**EXPORTED, **problems(ConversationNotFound)},
)
async def export_conversation(
    chat: InChat,
    tenant_id: TenantId,
    conversation_id: ConversationID,
    form: Annotated[
        Format, Query(alias="format", description="All branches, or the shown one to be read.")
    ] = Format.JSON,
) -> Response:
    """The conversation as a file: all that is known of it as JSON, or what is shown as Markdown."""
    export = await chat.exports.open(tenant_id, conversation_id, form)
    return Download(export.pieces, file_name=export.file_name, media_type=export.media_type)

"""Contexts over HTTP."""

from typing import Annotated

from fastapi import Query

from app.accounts import TenantId
from app.chat.context.optimize_schemas import OptimizedView, OptimizeRequest
from app.chat.context.schemas import ContextView
from app.chat.dependencies import ConversationID, InChat
from app.chat.errors import ConversationNotFound, MessageTooLong
from app.errors import InvalidInput
from app.llm import UnknownModel
from app.web import Router, problems

router = Router(prefix="/api", tags=["Conversations"])

_MOST_IN_ADDRESS = 4000
"""Characters. Twelve bytes each, at the worst, are as many as an address may have."""

Message = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=_MOST_IN_ADDRESS,
        description="What would be said next; without it, the context so far.",
        examples=["Where was I born?"],
    ),
]
Model = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="Which model would answer; without it, the conversation's.",
        examples=["openrouter:openai/gpt-5-mini"],
    ),
]


@router.get(
    "/conversation/context/{conversation_id}",
    response_model=ContextView,
    responses=problems(InvalidInput, MessageTooLong, ConversationNotFound, UnknownModel),
)
async def show_context(
    chat: InChat,
    tenant_id: TenantId,
    conversation_id: ConversationID,
    message: Message = None,
    model: Model = None,
) -> ContextView:
    """What the next call of a model would send: each part with its tokens, each memory with why it
    was chosen, and what was left out and why. No model is asked."""
    return ContextView.of(await chat.showing.show(tenant_id, conversation_id, message, model))


@router.post(
    "/chat/optimize", response_model=OptimizedView, responses=problems(ConversationNotFound)
)
async def optimize(chat: InChat, tenant_id: TenantId, body: OptimizeRequest) -> OptimizedView:
    """A long conversation in fewer tokens: the newest exchanges word for word, before them what was
    told in the older ones. No model is asked."""
    if body.conversation_id is not None:
        optimized = await chat.optimizer.conversation(tenant_id, body.conversation_id)
    else:
        given = [each.message() for each in body.messages or ()]
        optimized = await chat.optimizer.messages(given)
    return OptimizedView.of(optimized)

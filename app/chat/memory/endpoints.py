"""Memories over HTTP."""

from app.accounts import TenantId
from app.chat.dependencies import InChat
from app.chat.errors import MemoryNotFound
from app.chat.memory.dependencies import Limit, MemoryID, Offset, Wanted
from app.chat.memory.errors import MemoryReplaced, TooManyMemories
from app.chat.memory.schemas import (
    MemoriesView,
    MemoryChange,
    MemoryDeleted,
    MemoryIn,
    MemoryView,
)
from app.errors import InvalidInput
from app.web import Router, problems

router = Router(prefix="/api/memories", tags=["Memories"])


@router.get("", response_model=MemoriesView)
async def list_memories(chat: InChat, tenant_id: TenantId, wanted: Wanted) -> MemoriesView:
    """What is remembered of the tenant's conversations, page by page."""
    page = await chat.memory.book.list(tenant_id, wanted)
    return MemoriesView.of(page, limit=wanted.limit, offset=wanted.offset)


@router.post(
    "",
    response_model=MemoryView,
    status_code=201,
    responses=problems(InvalidInput, TooManyMemories),
)
async def add_memory(chat: InChat, tenant_id: TenantId, body: MemoryIn) -> MemoryView:
    """Have something remembered. It replaces what was remembered on the same subject."""
    kept = await chat.memory.book.add(tenant_id, body.kind, body.subject, body.text)
    return MemoryView.model_validate(kept)


@router.get("/{memory_id}", response_model=MemoryView, responses=problems(MemoryNotFound))
async def get_memory(chat: InChat, tenant_id: TenantId, memory_id: MemoryID) -> MemoryView:
    """One memory, a replaced one too."""
    return MemoryView.model_validate(await chat.memory.book.get(tenant_id, memory_id))


@router.patch(
    "/{memory_id}",
    response_model=MemoryView,
    responses=problems(MemoryNotFound, MemoryReplaced),
)
async def change_memory(
    chat: InChat, tenant_id: TenantId, memory_id: MemoryID, body: MemoryChange
) -> MemoryView:
    """Put a memory right. As it was, it stays in its history."""
    changed = await chat.memory.book.change(tenant_id, memory_id, body.change())
    return MemoryView.model_validate(changed)


@router.delete("/{memory_id}", response_model=MemoryDeleted, responses=problems(MemoryNotFound))
async def delete_memory(chat: InChat, tenant_id: TenantId, memory_id: MemoryID) -> MemoryDeleted:
    """Forget something, and everything that it replaced."""
    await chat.memory.book.delete(tenant_id, memory_id)
    return MemoryDeleted(id=memory_id)


@router.get("/{memory_id}/history", response_model=MemoriesView, responses=problems(MemoryNotFound))
async def get_history(
    chat: InChat, tenant_id: TenantId, memory_id: MemoryID, limit: Limit = 50, offset: Offset = 0
) -> MemoriesView:
    """What was remembered on the same subject, the newest first, the current one included. The
    hundred newest are kept."""
    page = await chat.memory.book.history(tenant_id, memory_id, limit=limit, offset=offset)
    return MemoriesView.of(page, limit=limit, offset=offset)

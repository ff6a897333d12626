"""The queries by which memories get their vectors."""

from collections.abc import Sequence

from sqlalchemy import false, or_, select, update

from app.chat.memory.models import Memory
from app.db import UnitOfWork

_CURRENT = Memory.replaced_at.is_(None)
_MOST_TENANTS = 1000


class Unembedded:
    """Current memories that can't be found by their meaning."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session
        self._tenant_id = unit.tenant_id

    async def tenants(self) -> Sequence[str]:
        """To be asked for every tenant."""
        query = select(Memory.tenant_id).where(_CURRENT, Memory.embedding.is_(None)).distinct()
        return (await self._session.scalars(query.limit(_MOST_TENANTS))).all()

    async def find(self, model: str | None, limit: int) -> Sequence[Memory]:
        """Those without a vector, then those with one by another model than `model`."""
        missing = Memory.embedding.is_(None)
        other = false() if model is None else Memory.embedding_model != model
        query = select(Memory).where(
            Memory.tenant_id == self._tenant_id, _CURRENT, or_(missing, other)
        )
        found = await self._session.scalars(query.order_by(~missing, Memory.id).limit(limit))
        return found.all()

    async def embed(self, memory: Memory, model: str, vector: tuple[float, ...]) -> None:
        """Unless it was changed or deleted meanwhile."""
        same = update(Memory).where(
            Memory.id == memory.id,
            Memory.tenant_id == self._tenant_id,
            Memory.text == memory.text,
            Memory.subject == memory.subject,
        )
        await self._session.execute(same.values(embedding=vector, embedding_model=model))

"""Gives memories the vectors by which their meaning is found, in the background."""

from app.chat.memory.embedding.embedder import Embedded, Embedder
from app.chat.memory.embedding.repository import Unembedded
from app.db import EVERY_TENANT, Database, UnitOfWork
from app.jobs import JobQueue

EMBED_TASK = "chat:embed"

_AT_ONCE = 32
_MOST_ROUNDS = 320
"""Enough for as many memories as a tenant may have. Where the models of a chain take turns, each
would find the vectors of the other to be done anew, without end."""
_SECONDS = 60.0


class Backfill:
    def __init__(self, database: Database, jobs: JobQueue, embedder: Embedder) -> None:
        self._database = database
        self._jobs = jobs
        self._embedder = embedder

    async def later(self, unit: UnitOfWork) -> None:
        """Has what `unit` wrote embedded, once it is committed."""
        if self._embedder.there:
            await self._jobs.defer(unit, EMBED_TASK, lock=f"{EMBED_TASK}:{unit.tenant_id}")

    async def fill(self, tenant_id: str) -> int:
        """Embeds the tenant's memories that have no vector, or one by a model that is asked no
        longer; returns how many. Stops where vectors are not to be had: words serve until the
        next time."""
        model: str | None = None
        done = 0
        for _ in range(_MOST_ROUNDS):
            embedded = await self._fill_some(tenant_id, model)
            if embedded is None:
                break
            model = embedded.model
            done += len(embedded.vectors)
        return done

    async def fill_all(self) -> None:
        """For every tenant that has something to embed."""
        if not self._embedder.there:
            return
        async with self._database.read(EVERY_TENANT) as unit:
            tenants = await Unembedded(unit).tenants()
        for tenant_id in tenants:
            await self.fill(tenant_id)

    async def _fill_some(self, tenant_id: str, model: str | None) -> Embedded | None:
        async with self._database.read(tenant_id) as unit:
            memories = await Unembedded(unit).find(model, _AT_ONCE)
        if not memories:
            return None
        texts = [f"{memory.subject}: {memory.text}" for memory in memories]
        embedded = await self._embedder.embed(tenant_id, texts, seconds=_SECONDS)
        if embedded is None:
            return None
        async with self._database.begin(tenant_id) as unit:
            rows = Unembedded(unit)
            for memory, vector in zip(memories, embedded.vectors, strict=True):
                await rows.embed(memory, embedded.model, vector)
        return embedded

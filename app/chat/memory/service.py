"""Memories for a turn, and what is to be remembered of it afterwards."""

from uuid import UUID

from app.chat.memory.embedding import Embedded, Embedder
from app.chat.memory.recall import STANDING, Recalling, Recollection, recollect, related
from app.db import Database, UnitOfWork
from app.jobs import JobQueue
from app.kit.clock import Clock
from app.kit.deadline import within

REMEMBER_TASK = "chat:remember"
SUMMARISE_TASK = "chat:summarise"

_EMBEDDING_SECONDS = 0.7
_QUERY_SECONDS = 2.0
_LOOKED_AT = 2000
"""Characters of a question: of a longer one its beginning and its end."""


class Memories:
    def __init__(
        self, database: Database, jobs: JobQueue, embedder: Embedder, clock: Clock
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._embedder = embedder
        self._clock = clock

    async def recall(self, tenant_id: str, text: str, limit: int = 8) -> Recollection:
        """At most `limit` of the tenant's memories that matter to `text`, the most important first.

        By meaning where a vector is to be had in most of a second, else by words. Raises
        `TimeoutError` and the database's own errors when that doesn't answer.
        """
        asked = _ends(text)
        embedded = None
        if self._embedder.there:
            embedded = await self._embedder.embed(tenant_id, [asked], seconds=_EMBEDDING_SECONDS)
        return await within(_QUERY_SECONDS, self._recall(tenant_id, asked, limit, embedded))

    async def _recall(
        self, tenant_id: str, text: str, limit: int, embedded: Embedded | None
    ) -> Recollection:
        async with self._database.read(tenant_id) as unit:
            recalling = Recalling(unit)
            wording = await recalling.wording(text, related(text))
            candidates = await recalling.candidates(wording, embedded, standing=STANDING)
        found = recollect(candidates, wording, now=self._clock(), limit=limit)
        return Recollection(found, "meaning" if embedded else "words")

    async def after_turn(
        self,
        unit: UnitOfWork,
        tenant_id: str,
        conversation_id: UUID,
        message_id: UUID,
        *,
        remember: bool = True,
    ) -> None:
        """Has the turn that ends with this answer remembered, if `unit` is committed: in the
        background, each conversation's turns one after the other. Without `remember` it is only
        summed up, which stays in the conversation."""
        if unit.tenant_id != tenant_id:
            raise ValueError("the unit of work is another tenant's")
        task = REMEMBER_TASK if remember else SUMMARISE_TASK
        lock = f"{SUMMARISE_TASK}:{conversation_id}"
        await self._jobs.defer(unit, task, lock=lock, message_id=str(message_id))


def _ends(text: str) -> str:
    if len(text) <= _LOOKED_AT:
        return text
    half = _LOOKED_AT // 2
    return f"{text[:half]} {text[-half:]}"

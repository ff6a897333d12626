"""Optimises what is stored, or handed in; the work is done beside the loop."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from app.chat.context.branch import Branch, read_shown_branch
from app.chat.context.exchange import exchanges
from app.chat.context.materials import Materials, RecentPolicy
from app.chat.context.optimizing import Known, Optimized, optimize
from app.chat.context.service import Contexts
from app.db import Database
from app.llm import Message, Role, message_tokens

_LOOKED_THROUGH = 1000
"""Messages at the end of a conversation; of what was said before, its summary tells."""


class Optimizer:
    def __init__(self, database: Database, contexts: Contexts, recent: RecentPolicy) -> None:
        self._database = database
        self._contexts = contexts
        self._recent = recent

    async def messages(self, given: Sequence[Message]) -> Optimized:
        return await asyncio.to_thread(optimize, given, self._recent)

    async def conversation(self, tenant_id: str, conversation_id: UUID) -> Optimized:
        """Of the branch that is shown, with its summary and the memories that matter to what was
        said last. Raises `ConversationNotFound`."""
        async with self._database.read(tenant_id) as unit:
            branch = await read_shown_branch(unit, conversation_id, _LOOKED_THROUGH)
        materials = await self._contexts.materials(tenant_id, branch, None)
        return await asyncio.to_thread(self._optimized, branch, materials)

    def _optimized(self, branch: Branch, materials: Materials) -> Optimized:
        told = {each.id for each in branch.said[: branch.told]}
        said = [each for exchange in exchanges(branch.said) for each in exchange.said]
        summed_up = [each.message for each in said if each.id in told]
        known = Known(
            summary=branch.summary.text if branch.summary else None,
            summed_up=len(summed_up),
            facts=materials.facts,
        )
        whole = branch.summary.tokens_before if branch.summary else 0
        system = Message(Role.SYSTEM, materials.system)
        return optimize(
            [system, *(each.message for each in said)],
            self._recent,
            known,
            before=max(0, whole - sum(map(message_tokens, summed_up))) if not branch.whole else 0,
        )

"""Looks up what a context is made of: the branch, its summary, and what is remembered."""

import asyncio
from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

import structlog

from app.chat.context.branch import Branch, read_branch, said_now
from app.chat.context.exchange import NOTHING, Exchange, exchanges
from app.chat.context.materials import Fact, Materials, Recall, RecentPolicy
from app.chat.context.selection import Selection, select
from app.chat.memory import Memories, Recollection
from app.chat.templates import DEFAULT, find
from app.db import DATABASE_ERRORS, Database
from app.kit.clock import Clock
from app.kit.deadline import within
from app.llm import Message, Role

log = structlog.get_logger()

_RECALL_SECONDS = 1.5
"""A second of it may go to a vector of the question; where that fails, words need the rest."""
_MOST_FACTS = 8
_MESSAGES = 4
"""Of a usual exchange, and as many again for tools."""
_NOT_SUMMED_UP = 16
"""Messages older than the recent ones that may wait for the background."""
_AT_ONCE = 20_000
"""Characters that take no more than some milliseconds."""
_NOTHING_FOUND = Recollection()


class Contexts:
    def __init__(
        self, database: Database, memories: Memories, clock: Clock, recent: RecentPolicy
    ) -> None:
        self._database = database
        self._memories = memories
        self._clock = clock
        self._recent = recent
        self._at_first = _MESSAGES * recent.exchanges + _NOT_SUMMED_UP

    async def gather(
        self,
        tenant_id: str,
        conversation_id: UUID | None,
        head_id: UUID | None,
        question: str | None,
        *,
        template: str | None = None,
        remember: bool = True,
        results: Sequence[Message] = (),
    ) -> Materials:
        """For an answer to `question`, said after the message `head_id`; None for the beginning.
        `results` are those of tools that the head called. Without a question, the head itself or
        the results are to be answered.

        The template is the conversation's where none is named, and nothing is remembered where the
        conversation doesn't want it. Memories that take longer than a moment are left out.
        Raises `ConversationNotFound`, `UnknownTemplate`.
        """
        branch = Branch()
        if conversation_id is not None:
            async with self._database.read(tenant_id) as unit:
                branch = await read_branch(unit, conversation_id, head_id, self._at_first)
        return await self.materials(
            tenant_id,
            branch,
            question,
            template=template,
            remember=remember,
            results=results,
        )

    async def materials(
        self,
        tenant_id: str,
        branch: Branch,
        question: str | None,
        *,
        template: str | None = None,
        remember: bool = True,
        results: Sequence[Message] = (),
    ) -> Materials:
        """The same for a branch that was read already. Where nothing is asked, what is remembered
        goes by what was said last."""
        owned = branch.conversation
        name = template or (owned.template if owned else DEFAULT)
        system = find(name).render(
            on=self._clock().astimezone(UTC).date(),
            system_text=owned.system_text if owned else None,
        )
        *past, asked = _apart(exchanges((*branch.said, *said_now(results, question))))
        selected = await self._selected(past, branch)
        wanted = remember and (owned is None or owned.remember)
        about = asked if asked.said or not past else past[-1]
        found = await self._recalled(tenant_id, about) if wanted else _NOTHING_FOUND
        return Materials(
            system=system,
            facts=_facts(found),
            summary=selected.summary,
            recent=selected.recent,
            question=asked,
            left_out=selected.left_out,
            past_tokens=selected.past_tokens,
            recall=_recall(found, wanted=wanted),
            forgetful=found is None,
        )

    async def _selected(self, past: Sequence[Exchange], branch: Branch) -> Selection:
        """What was said at length is gone through beside the loop."""
        if sum(len(each.message.content) for each in branch.said) <= _AT_ONCE:
            return select(past, branch, self._recent)
        return await asyncio.to_thread(select, past, branch, self._recent)

    async def _recalled(self, tenant_id: str, about: Exchange) -> Recollection | None:
        """None when it can't be had: an answer without what is remembered is better than none."""
        text = "\n".join(m.content for m in about.messages if m.role is Role.USER)
        if not text:
            return _NOTHING_FOUND
        recalling = self._memories.recall(tenant_id, text, _MOST_FACTS)
        try:
            return await within(_RECALL_SECONDS, recalling)
        except (TimeoutError, *DATABASE_ERRORS) as error:
            log.warning("chat.memory_unavailable", error=type(error).__name__)
            return None


def _apart(said: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The exchanges with the one last that is to be answered: an empty one where all are."""
    return (*said, NOTHING) if not said or said[-1].answered else tuple(said)


def _facts(found: Recollection | None) -> tuple[Fact, ...]:
    return tuple(
        Fact(each.id, each.text, each.source_message_id, each.why, each.score, each.told_at)
        for each in (found.memories if found else ())
    )


def _recall(found: Recollection | None, *, wanted: bool) -> Recall:
    return found.by if wanted and found is not None else "off"

"""Puts the parts of a turn together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.chat.context import Contexts
from app.chat.conversations.titles import Titles
from app.chat.generations import GenerationLogs
from app.chat.memory import Memories
from app.chat.recovery import EarlierAnswers
from app.chat.turns.answering import Answering
from app.chat.turns.ask import Ask, Began
from app.chat.turns.placing import Spot
from app.chat.turns.service import Turns
from app.db import Database, UnitOfWork
from app.kit.clock import Clock
from app.llm import Find, LLMClient


@asynccontextmanager
async def open_turns(
    database: Database,
    client: LLMClient,
    clock: Clock,
    *,
    contexts: Contexts,
    generations: GenerationLogs,
    memories: Memories,
    titles: Titles,
    find: Find,
    window: int,
) -> AsyncIterator[Turns]:
    """At the end of the block, what is under way is ended with what was said so far."""

    async def after_turn(unit: UnitOfWork, ask: Ask, spot: Spot, began: Began) -> None:
        ids = ask.tenant_id, began.conversation_id, began.message_id
        if not spot.titled:
            await titles.after_turn(unit, *ids)
        await memories.after_turn(unit, *ids, remember=ask.remember)

    turns = Turns(
        database,
        client,
        contexts=contexts,
        logs=generations,
        answering=Answering(client, EarlierAnswers(database), clock),
        clock=clock,
        after_turn=after_turn,
        find=find,
        window=window,
    )
    try:
        yield turns
    finally:
        await turns.aclose()

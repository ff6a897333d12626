"""Begins turns, and owns the tasks that make their answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from uuid import UUID

from app.chat.context import Contexts, Materials
from app.chat.conversations.models import ChatMessage
from app.chat.conversations.repository import Conversations
from app.chat.errors import FieldUnusable, MessageNotFound, ModelUnusable
from app.chat.events import Finished
from app.chat.generations import Ended, GenerationLog, GenerationLogs
from app.chat.generations.log import Last
from app.chat.turns.answering import Answering
from app.chat.turns.ask import Ask, Began
from app.chat.turns.errors import MovedOn, TooManyGenerations
from app.chat.turns.placing import Spot, find_spot, store
from app.chat.turns.request import Prepared, prepare
from app.db import Database, UnitOfWork
from app.kit.clock import Clock
from app.kit.deadline import within
from app.kit.ids import new_id
from app.llm import Find, LLMClient, Message, NoModelAtHand, Role

_PATIENCE = 10.0
"""Seconds for what is asked of the database at once."""
_TRIES = 3
_AT_ONCE = 5
"""Turns that begin at a time: half of the database's connections are left to what goes on."""
_QUEUE_SECONDS = 30.0
_CLOSING_SECONDS = 1.0

AfterTurn = Callable[[UnitOfWork, Ask, Spot, Began], Awaitable[None]]
"""Is called in the transaction that ends a turn which was answered."""


class Turns:
    """`MOST` answers are made at a time by one process. `window` is how many tokens a model takes
    of which the catalogue doesn't know it."""

    MOST = 4000

    def __init__(
        self,
        database: Database,
        client: LLMClient,
        *,
        contexts: Contexts,
        logs: GenerationLogs,
        answering: Answering,
        clock: Clock,
        after_turn: AfterTurn,
        find: Find,
        window: int,
    ) -> None:
        self._database = database
        self._client = client
        self._contexts = contexts
        self._logs = logs
        self._answering = answering
        self._clock = clock
        self._after_turn = after_turn
        self._find_models = find
        self._window = window
        self._tasks: set[asyncio.Task[None]] = set()
        self._beginning = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def begin(self, ask: Ask) -> Began:
        """Stores what is said and has the answer made in the background, whoever waits for it.
        Stores nothing when it raises.

        Raises `ConversationNotFound`, `MessageNotFound`, `GenerationActive`, `MessageTooLong`,
        `ConversationFull`, `UnknownTemplate`, `FieldUnusable` with the field's name, the gateway's
        own errors when no model suits, `TooManyGenerations`.
        """
        if len(self._tasks) + self._waiting >= self.MOST:
            raise TooManyGenerations(self.MOST)
        async with self._turn():
            for _ in range(_TRIES - 1):
                try:
                    return await self._begin(ask)
                except MovedOn:
                    continue
            return await self._begin(ask)

    async def edit(self, message_id: UUID, ask: Ask) -> Began:
        """Asks `ask.message` in place of a person's message, on a branch of its own. Raises like
        `begin`."""
        edited = await within(_PATIENCE, self._message(ask.tenant_id, message_id))
        if edited.role != "user":
            raise FieldUnusable("message_id", f"is of a message by {edited.role}; edit one by user")
        conversation_id, parent = edited.conversation_id, edited.parent_id
        return await self.begin(replace(ask, conversation_id=conversation_id, parent=parent))

    async def regenerate(self, message_id: UUID, ask: Ask) -> Began:
        """Answers again what this message answers, or this message; on a branch of its own. Raises
        like `begin`."""
        found = await within(_PATIENCE, self._message(ask.tenant_id, message_id))
        conversation_id = found.conversation_id
        again = replace(ask, conversation_id=conversation_id, parent=message_id, message=None)
        return await self.begin(again)

    async def aclose(self) -> None:
        """Has what is under way end, with what was said so far."""
        await self._logs.drain()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CLOSING_SECONDS)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """When many begin at once, each waits for its turn. Raises `TooManyGenerations` when that
        takes too long."""
        self._waiting += 1
        try:
            async with asyncio.timeout(_QUEUE_SECONDS):
                await self._beginning.acquire()
        except TimeoutError:
            raise TooManyGenerations(self.MOST) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._beginning.release()

    async def _begin(self, ask: Ask) -> Began:
        spot = await within(_PATIENCE, self._find(ask))
        if spot.conversation_id is not None:
            await within(_PATIENCE, self._logs.ensure_idle(ask.tenant_id, spot.conversation_id))
        materials = await within(_PATIENCE, self._gather(ask, spot))
        generation_id = new_id()
        prepared = await self._prepare(ask, spot, materials, generation_id)
        began, log = await within(_PATIENCE, self._store(ask, spot, prepared, generation_id))
        self._make(prepared.begun(began), log)
        return began

    async def _prepare(
        self, ask: Ask, spot: Spot, materials: Materials, generation_id: UUID
    ) -> Prepared:
        """Where no model is known to be had, after a look for one."""
        prepared = partial(
            prepare,
            self._client,
            ask,
            materials,
            model=ask.model or spot.model,
            generation_id=generation_id,
            window=self._window,
        )
        try:
            return prepared()
        except (NoModelAtHand, ModelUnusable):
            if not await self._find_models():
                raise
        return prepared()

    async def _find(self, ask: Ask) -> Spot:
        async with self._database.read(ask.tenant_id) as unit:
            return await find_spot(unit, ask)

    async def _gather(self, ask: Ask, spot: Spot) -> Materials:
        results = [
            Message(Role.TOOL, each.content, tool_call_id=each.tool_call_id) for each in ask.results
        ]
        return await self._contexts.gather(
            ask.tenant_id,
            spot.conversation_id,
            spot.parent_id,
            ask.message,
            template=ask.template,
            remember=ask.remember,
            results=results,
        )

    async def _store(
        self, ask: Ask, spot: Spot, prepared: Prepared, generation_id: UUID
    ) -> tuple[Began, GenerationLog]:
        async with self._database.begin(ask.tenant_id) as unit:
            stored = await store(unit, ask, spot, self._clock())
            began = Began(stored.conversation_id, generation_id, stored.message_id)
            log = await self._logs.open(
                unit,
                conversation_id=began.conversation_id,
                message_id=began.message_id,
                model=prepared.first_choice,
                generation_id=generation_id,
                ended=self._ended(ask, spot, began),
            )
        return began, log

    def _ended(self, ask: Ask, spot: Spot, began: Began) -> Ended:
        async def ended(unit: UnitOfWork, last: Last) -> None:
            if isinstance(last, Finished):
                await self._after_turn(unit, ask, spot, began)

        return ended

    def _make(self, prepared: Prepared, log: GenerationLog) -> None:
        made = self._answering.make(prepared, log)
        task = asyncio.create_task(made, name=f"generation {log.generation_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _message(self, tenant_id: str, message_id: UUID) -> ChatMessage:
        async with self._database.read(tenant_id) as unit:
            found = await Conversations(unit).message(message_id)
        if found is None:
            raise MessageNotFound(message_id)
        return found

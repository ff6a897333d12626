"""Every query of generations and their logs. Built on a unit of work.

What is asked and written as answers are made goes straight to the driver, and for all of them at
once: rows travel as one JSON array.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from psycopg import IntegrityError, sql
from psycopg.types.json import Jsonb
from sqlalchemy import bindparam, func, literal_column, select

from app.chat.conversations.models import ChatMessage
from app.chat.events import Started, load, payload
from app.chat.generations.feed import Numbered
from app.chat.generations.log import Ending, Entry
from app.chat.generations.models import Generation, GenerationEvent
from app.db import Notice, Query, UnitOfWork
from app.kit.json import dumps

_GENERATION = select(Generation).where(Generation.tenant_id == bindparam("tenant_id"))

_BY_ID = Query(_GENERATION.where(Generation.id == bindparam("id")))

_RUNNING = Query(
    _GENERATION.where(
        Generation.conversation_id == bindparam("conversation_id"),
        Generation.status == literal_column("'running'"),  # as the index has it
    )
)

_TEXT = Query(
    select(ChatMessage.content, Generation.text_lengths)
    .join(Generation, Generation.message_id == ChatMessage.id)
    .where(Generation.id == bindparam("id"))
)

_LAST_PLACE = Query(
    select(func.max(GenerationEvent.seq)).where(GenerationEvent.generation_id == bindparam("id"))
)

_EVENTS = Query(
    select(GenerationEvent.seq, GenerationEvent.type, GenerationEvent.payload)
    .where(GenerationEvent.generation_id == bindparam("id"))
    .where(GenerationEvent.seq > bindparam("after"))
    .order_by(GenerationEvent.seq)
    .limit(bindparam("limit"))
)

_ADD = """
    INSERT INTO generations (id, tenant_id, conversation_id, message_id, host_id, status, model,
        notices, saved_tokens, started_at)
    VALUES (%(id)s, %(tenant_id)s, %(conversation_id)s, %(message_id)s, %(host_id)s, 'running',
        %(model)s, '{}', 0, %(at)s)
    ON CONFLICT (conversation_id) WHERE status = 'running' DO NOTHING
    RETURNING id
"""

_ADD_FIRST = """
    INSERT INTO generation_events (generation_id, seq, type, payload, at)
    VALUES (%(id)s, 1, %(type)s, %(payload)s, %(at)s)
"""

_HOLD = """
    SELECT id FROM conversations
    WHERE id IN (SELECT conversation_id FROM generations WHERE id = ANY(%(ids)s))
    ORDER BY id FOR NO KEY UPDATE
"""
"""A turn that begins holds its conversation before it looks at what runs there. So whoever ends a
generation does, too; and who ends several takes the conversations in this order."""

_APPEND = """
    WITH entry AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(%(entries)s)
            AS entry(generation_id uuid, seq int, type text, payload jsonb, at timestamptz)
    ), appended AS (
        INSERT INTO generation_events (generation_id, seq, type, payload, at)
        SELECT entry.* FROM entry JOIN generations AS generation
            ON generation.id = entry.generation_id
            AND generation.status = 'running' AND generation.host_id = %(host_id)s
        RETURNING generation_id
    )
    SELECT pg_notify(%(channel)s, %(payload)s), ARRAY(
        SELECT DISTINCT generation_id FROM entry
        WHERE generation_id NOT IN (SELECT generation_id FROM appended)
    )
"""

_APPEND_LAST = _APPEND.replace("WITH entry", f"WITH held AS MATERIALIZED ({_HOLD}), entry").replace(
    "RETURNING",
    "WHERE generation.conversation_id = ANY(ARRAY(SELECT id FROM held)) RETURNING",
)
"""An array is made before the first row is written: so all are held by then."""

_CLOSE = """
    WITH told AS (
        SELECT told.*, log.*
        FROM jsonb_to_recordset(%(endings)s) AS told(
            id uuid, model text, context_key text, call_id uuid, relevance float8,
            first_token_ms int
        )
        CROSS JOIN LATERAL (
            SELECT
                max(at) FILTER (WHERE type IN ('done', 'error')) AS ended_at,
                max(payload->>'finish_reason') FILTER (WHERE type = 'done') AS finish_reason,
                max(payload->>'error_code') FILTER (WHERE type = 'error') AS error_code,
                coalesce(string_agg(payload->>'content', '' ORDER BY seq)
                    FILTER (WHERE type = 'content'), '') AS content,
                coalesce(string_agg(payload->>'content', '' ORDER BY seq)
                    FILTER (WHERE type = 'reasoning'), '') AS reasoning,
                coalesce(jsonb_agg(payload ORDER BY seq)
                    FILTER (WHERE type = 'tool_call'), '[]') AS tool_calls,
                coalesce(array_agg(payload->>'code' ORDER BY seq)
                    FILTER (WHERE type = 'notice'), '{}') AS notices,
                jsonb_agg(payload ORDER BY seq DESC) FILTER (WHERE type = 'usage') -> 0 AS usage
            FROM generation_events WHERE generation_id = told.id
        ) AS log
    ), closed AS (
        UPDATE generations AS generation SET
            status = CASE
                WHEN told.error_code IS NOT NULL THEN 'failed'
                WHEN told.finish_reason = 'stopped' THEN 'stopped'
                ELSE 'done'
            END,
            model = coalesce(told.model, generation.model),
            context_key = told.context_key,
            call_id = told.call_id,
            relevance = told.relevance,
            first_token_ms = told.first_token_ms,
            duration_ms = greatest(
                0, round(extract(epoch FROM told.ended_at - generation.started_at) * 1000)
            ),
            notices = told.notices,
            finish_reason = told.finish_reason,
            error_code = told.error_code,
            prompt_tokens = (told.usage->>'prompt_tokens')::int,
            completion_tokens = (told.usage->>'completion_tokens')::int,
            cost_usd = (told.usage->>'cost_usd')::numeric,
            saved_tokens = coalesce((told.usage->>'saved_tokens')::int, 0),
            ended_at = told.ended_at
        FROM told WHERE generation.id = told.id AND generation.status = 'running'
        RETURNING generation.conversation_id, generation.message_id, generation.status,
            generation.model, told.content, told.reasoning, told.tool_calls, told.finish_reason,
            told.ended_at
    ), said AS (
        UPDATE messages SET
            content = closed.content,
            reasoning = closed.reasoning,
            tool_calls = closed.tool_calls,
            status = CASE closed.status WHEN 'done' THEN 'complete' ELSE closed.status END,
            model = closed.model,
            finish_reason = closed.finish_reason
        FROM closed WHERE messages.id = closed.message_id
    )
    UPDATE conversations SET updated_at = greatest(updated_at, closed.ended_at)
    FROM closed WHERE conversations.id = closed.conversation_id
"""
"""The message, and most of the row, are put together from the log: so it makes no difference who
ends a generation."""

_TAILS = """
    SELECT watched.id, event.seq, event.type, event.payload
    FROM jsonb_to_recordset(%(places)s) AS watched(id uuid, place int)
    CROSS JOIN LATERAL (
        SELECT seq, type, payload FROM generation_events
        WHERE generation_id = watched.id AND seq > watched.place ORDER BY seq LIMIT %(limit)s
    ) AS event
"""

_EXISTING = "SELECT id FROM generations WHERE id = ANY(%(ids)s)"

_ASK_STOP = """
    WITH asked AS (
        UPDATE generations SET stop_asked_at = coalesce(stop_asked_at, %(now)s)
        WHERE id = %(id)s AND tenant_id = %(tenant_id)s AND status = 'running' RETURNING id
    )
    SELECT pg_notify(%(channel)s, %(payload)s) FROM asked
"""

_STOPS_ASKED = """
    SELECT id FROM generations
    WHERE host_id = %(host_id)s AND status = 'running' AND stop_asked_at IS NOT NULL
"""

_LOCK = """
    SELECT id, host_id, message_id, stop_asked_at IS NOT NULL AS stop_asked, (
        SELECT max(seq) FROM generation_events WHERE generation_id = generations.id
    ) AS place
    FROM generations WHERE id = ANY(%(ids)s) AND status = 'running'
    ORDER BY id FOR NO KEY UPDATE
"""

_APPEND_FOR_OTHERS = """
    INSERT INTO generation_events (generation_id, seq, type, payload, at)
    SELECT * FROM jsonb_to_recordset(%(entries)s)
        AS entry(generation_id uuid, seq int, type text, payload jsonb, at timestamptz)
"""

_NOTIFY = "SELECT pg_notify(%(channel)s, %(payload)s)"

_FOLD = """
    WITH old AS (
        SELECT id FROM generations WHERE folded_at IS NULL AND ended_at < %(before)s
        ORDER BY ended_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    ), said AS (
        SELECT generation_id, seq, sum(
            CASE type WHEN 'content' THEN length(payload->>'content') ELSE 0 END
        ) OVER (PARTITION BY generation_id ORDER BY seq) AS length
        FROM generation_events JOIN old ON generation_id = old.id
    ), gone AS (
        DELETE FROM generation_events USING old
        WHERE generation_id = old.id AND type NOT IN ('start', 'done', 'error')
    )
    UPDATE generations SET folded_at = %(now)s, text_lengths = ARRAY(
        SELECT length::int FROM said WHERE generation_id = old.id ORDER BY seq
    )
    FROM old WHERE generations.id = old.id
"""

_FORGET_STRAYS = """
    DELETE FROM generation_events AS event
    WHERE NOT EXISTS (SELECT FROM generations WHERE id = event.generation_id)
"""

Row = tuple[Any, ...]


class Left(NamedTuple):
    """A generation that is ended in its host's place; `place` is the last of its log."""

    generation_id: UUID
    host_id: UUID
    message_id: UUID
    stop_asked: bool
    place: int


class FoldedText(NamedTuple):
    """`lengths` is how much of it each event of the log, in order, told up to its own end; None
    where that wasn't kept."""

    text: str = ""
    lengths: Sequence[int] | None = None


class Overtaken(Exception):
    """Somebody else has written to this log since it was read."""


class Generations:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    # rows

    async def add(self, started: Started, host_id: UUID, at: datetime) -> bool:
        """With its first event. False where the conversation has one that runs already."""
        values = {
            "id": started.generation_id,
            "tenant_id": self._unit.tenant_id,
            "conversation_id": started.conversation_id,
            "message_id": started.message_id,
            "host_id": host_id,
            "model": started.model,
            "at": at,
        }
        if not await self._ask(_ADD, values):
            return False
        event = Jsonb(payload(started), dumps)
        await self._do(_ADD_FIRST, {**values, "type": started.type, "payload": event})
        return True

    async def get(self, generation_id: UUID) -> Generation | None:
        """Of the unit's tenant."""
        rows = await _BY_ID.rows(self._unit, id=generation_id, tenant_id=self._unit.tenant_id)
        return rows[0][0] if rows else None

    async def running(self, conversation_id: UUID) -> Generation | None:
        """The one that answers in this conversation of the unit's tenant."""
        rows = await _RUNNING.rows(
            self._unit, conversation_id=conversation_id, tenant_id=self._unit.tenant_id
        )
        return rows[0][0] if rows else None

    async def existing(self, generation_ids: Sequence[UUID]) -> set[UUID]:
        return {row[0] for row in await self._ask(_EXISTING, {"ids": [*generation_ids]})}

    async def text_of(self, generation_id: UUID) -> FoldedText:
        """What the message of a folded log says; nothing when it is gone."""
        rows = await _TEXT.rows(self._unit, id=generation_id)
        return FoldedText(*rows[0]) if rows else FoldedText()

    # logs

    async def append(
        self,
        batches: Mapping[UUID, Sequence[Entry]],
        host_id: UUID,
        notice: Notice,
        *,
        last: bool = False,
    ) -> set[UUID]:
        """Writes entries of several logs and sends the notice, in one statement. Returns whose were
        left out, since their generation runs here no longer. With `last`, they may be closed in
        this transaction, which holds their conversations then.

        Raises the driver's `IntegrityError`, and writes nothing, when a place is taken.
        """
        [(_, left_out)] = await self._ask(
            _APPEND_LAST if last else _APPEND,
            {
                "ids": [*batches],
                "entries": _written(batches),
                "host_id": host_id,
                "channel": notice.channel,
                "payload": notice.payload,
            },
        )
        return set(left_out)

    async def close(self, endings: Mapping[UUID, Ending]) -> None:
        """Ends those whose log has its last event, with what it says of them. Their conversations
        are held already."""
        rows = [
            {
                "id": generation_id,
                "model": ending.model,
                "context_key": ending.context_key,
                "call_id": ending.call_id,
                "relevance": ending.relevance,
                "first_token_ms": ending.first_token_ms,
            }
            for generation_id, ending in endings.items()
        ]
        await self._do(_CLOSE, {"endings": Jsonb(rows, dumps)})

    async def events(self, generation_id: UUID, after: int, limit: int) -> list[Numbered]:
        rows = await _EVENTS.rows(self._unit, id=generation_id, after=after, limit=limit)
        return [Numbered(seq, load(kind, stored)) for seq, kind, stored in rows]

    async def last_place(self, generation_id: UUID) -> int:
        [(seq,)] = await _LAST_PLACE.rows(self._unit, id=generation_id)
        return seq or 0

    async def tails(self, places: Mapping[UUID, int], limit: int) -> dict[UUID, list[Numbered]]:
        """What follows these places, at most `limit` events of each log."""
        rows = [{"id": generation_id, "place": place} for generation_id, place in places.items()]
        found: dict[UUID, list[Numbered]] = {}
        asked = {"places": Jsonb(rows, dumps), "limit": limit}
        for generation_id, seq, kind, stored in await self._ask(_TAILS, asked):
            found.setdefault(generation_id, []).append(Numbered(seq, load(kind, stored)))
        return found

    async def fold(self, before: datetime, now: datetime, limit: int) -> int:
        """Removes what lies between the first and the last event of logs that ended `before`, of
        every tenant. Returns how many there were."""
        connection = await self._unit.psycopg()
        values = {"before": before, "now": now, "limit": limit}
        return (await connection.execute(_sql(_FOLD), values)).rowcount

    async def forget_strays(self) -> int:
        """Removes events that were written as their conversation was deleted."""
        connection = await self._unit.psycopg()
        return (await connection.execute(_sql(_FORGET_STRAYS))).rowcount

    # stopping, and ending for others

    async def ask_stop(self, generation_id: UUID, now: datetime, notice: Notice) -> None:
        await self._do(
            _ASK_STOP,
            {
                "id": generation_id,
                "tenant_id": self._unit.tenant_id,
                "now": now,
                "channel": notice.channel,
                "payload": notice.payload,
            },
        )

    async def stops_asked(self, host_id: UUID) -> list[UUID]:
        return [row[0] for row in await self._ask(_STOPS_ASKED, {"host_id": host_id})]

    async def lock(self, generation_ids: Sequence[UUID]) -> list[Left]:
        """Those of them that still run, which stay as they are until the transaction ends, as do
        their conversations."""
        await self._do(_HOLD, {"ids": [*generation_ids]})
        return [Left(*row) for row in await self._ask(_LOCK, {"ids": [*generation_ids]})]

    async def append_for_others(self, entries: Mapping[UUID, Entry]) -> None:
        """To logs whose generations are locked, whosever they are. Raises `Overtaken` when a host
        lives after all, and has written there."""
        batches = {generation_id: [entry] for generation_id, entry in entries.items()}
        try:
            await self._do(_APPEND_FOR_OTHERS, {"entries": _written(batches)})
        except IntegrityError as error:
            raise Overtaken from error

    async def notify(self, notice: Notice) -> None:
        await self._do(_NOTIFY, {"channel": notice.channel, "payload": notice.payload})

    async def _ask(self, statement: str, values: Mapping[str, Any]) -> list[Row]:
        connection = await self._unit.psycopg()
        return await (await connection.execute(_sql(statement), values)).fetchall()

    async def _do(self, statement: str, values: Mapping[str, Any]) -> None:
        connection = await self._unit.psycopg()
        await connection.execute(_sql(statement), values)


def _written(batches: Mapping[UUID, Sequence[Entry]]) -> Jsonb:
    rows = [
        {
            "generation_id": generation_id,
            "seq": entry.seq,
            "type": entry.event.type,
            "payload": payload(entry.event),
            "at": entry.at,
        }
        for generation_id, entries in batches.items()
        for entry in entries
    ]
    return Jsonb(rows, dumps)


def _sql(statement: str) -> sql.SQL:
    return cast("sql.SQL", statement)

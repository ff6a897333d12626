"""Every query of conversations and their messages. Built on a unit of work, whose tenant bounds
what it can see.

What is asked at every turn goes straight to the driver. Messages come back as records with the
attributes of `ChatMessage`, without `words`: that column is for the database's own use.
"""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Integer, Table, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.limits import CONVERSATION_MESSAGES
from app.db import Query, UnitOfWork
from app.kit.json import dumps

_CONVERSATIONS = cast("Table", Conversation.__table__)
_MESSAGES = cast("Table", ChatMessage.__table__)
MESSAGE_COLUMNS = [column for column in _MESSAGES.c if column.name != "words"]
_Record = namedtuple("ChatMessage", [column.name for column in MESSAGE_COLUMNS])  # type: ignore[misc]  # noqa: PYI024  # of the table's columns

_TENANT = Conversation.tenant_id == bindparam("tenant_id")

_CONVERSATION = select(Conversation).where(_TENANT, Conversation.id == bindparam("id"))
_BY_ID = Query(_CONVERSATION)
_LOCKED = Query(_CONVERSATION.with_for_update(key_share=True))
"""Not the stronger lock: whoever writes a message takes a key share of its conversation."""

_BY_EXTERNAL_ID = Query(
    select(Conversation).where(_TENANT, Conversation.external_id == bindparam("external_id"))
)

_OF_TENANT = (
    select(*MESSAGE_COLUMNS)
    .join(Conversation, Conversation.id == ChatMessage.conversation_id)
    .where(_TENANT)
)
_MESSAGE = Query(_OF_TENANT.where(ChatMessage.id == bindparam("id")))
_MESSAGE_BY_EXTERNAL_ID = Query(
    _OF_TENANT.where(
        ChatMessage.conversation_id == bindparam("conversation_id"),
        ChatMessage.external_id == bindparam("external_id"),
    )
)

_COUNT = Query(
    select(func.count())
    .select_from(ChatMessage)
    .where(ChatMessage.conversation_id == bindparam("conversation_id"))
)

_ONE = literal_column("1", Integer)
_UP = (
    select(ChatMessage.id, ChatMessage.parent_id, ChatMessage.depth, _ONE.label("step"))
    .join(Conversation, Conversation.id == ChatMessage.conversation_id)
    .where(_TENANT, ChatMessage.id == bindparam("head_id"))
    .cte("up", recursive=True)
)
_PARENT = aliased(ChatMessage)
_UP = _UP.union_all(
    select(_PARENT.id, _PARENT.parent_id, _PARENT.depth, _UP.c.step + _ONE)
    .join(_UP, _PARENT.id == _UP.c.parent_id)
    .where(_UP.c.step < bindparam("limit"))
)
_WAY = select(_UP.c.id).order_by(_UP.c.depth).limit(bindparam("most"))
"""Ids only: a long way mustn't take along all that was said on it."""
_IDS = Query(_WAY)
_ON_IT = _WAY.subquery()
_BRANCH = Query(
    select(*MESSAGE_COLUMNS).join(_ON_IT, _ON_IT.c.id == ChatMessage.id).order_by(ChatMessage.depth)
)

_DOWN = (
    select(ChatMessage.id)
    .join(Conversation, Conversation.id == ChatMessage.conversation_id)
    .where(_TENANT, ChatMessage.id == bindparam("message_id"))
    .cte("down", recursive=True)
)
_CHILD = aliased(ChatMessage)
_DOWN = _DOWN.union_all(select(_CHILD.id).join(_DOWN, _CHILD.parent_id == _DOWN.c.id))
_NEWEST_BELOW = Query(
    select(ChatMessage.id)
    .join(_DOWN, _DOWN.c.id == ChatMessage.id)
    .order_by(ChatMessage.created_at.desc(), ChatMessage.depth.desc(), ChatMessage.id.desc())
    .limit(_ONE)
)


def _insert(table: Table, names: Sequence[str]) -> str:
    return f"""
        INSERT INTO {table.name} ({", ".join(names)})
        VALUES ({", ".join(f"%({name})s" for name in names)})
        ON CONFLICT DO NOTHING
    """  # noqa: S608  # of our own words


_ADD = _insert(_CONVERSATIONS, _CONVERSATIONS.c.keys())
_ADD_MESSAGE = _insert(_MESSAGES, _Record._fields)
_CHANGE = """
    UPDATE conversations SET {changes}, updated_at = greatest(updated_at, %(at)s)
    WHERE id = %(id)s AND tenant_id = %(tenant_id)s
"""
_DELETE = """
    WITH events AS (
        DELETE FROM generation_events USING generations
        WHERE generation_id = generations.id
            AND conversation_id = %(id)s AND tenant_id = %(tenant_id)s
    )
    DELETE FROM conversations WHERE id = %(id)s AND tenant_id = %(tenant_id)s
"""


class Conversations:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def get(self, conversation_id: UUID, *, lock: bool = False) -> Conversation | None:
        """With `lock`, the conversation is this transaction's until it ends."""
        return await self._one(_LOCKED if lock else _BY_ID, id=conversation_id)

    async def by_external_id(self, external_id: str) -> Conversation | None:
        return await self._one(_BY_EXTERNAL_ID, external_id=external_id)

    async def _one(self, query: Query[Conversation], **parameters: object) -> Conversation | None:
        rows = await query.rows(self._unit, tenant_id=self._unit.tenant_id, **parameters)
        return rows[0][0] if rows else None

    async def add(self, conversation: Conversation) -> bool:
        """False when the tenant has one with that external id already."""
        return await self._write(_ADD, _values(conversation, _CONVERSATIONS.c.keys()))

    async def change(self, conversation_id: UUID, at: datetime, **changes: object) -> None:
        """Sets these columns, and takes `at` for the last change."""
        statement = _CHANGE.format(changes=", ".join(f"{name} = %({name})s" for name in changes))
        await self._write(statement, {"id": conversation_id, "at": at, **changes})

    async def move_head(self, conversation_id: UUID, head_id: UUID, at: datetime) -> None:
        """Shows the branch that ends with this message, and takes `at` for the last change."""
        await self.change(conversation_id, at, head_id=head_id)

    async def delete(self, conversation_id: UUID) -> bool:
        """With all that hangs on it; memories lose their source. Whether there was one."""
        return await self._write(_DELETE, {"id": conversation_id})

    async def message(self, message_id: UUID) -> ChatMessage | None:
        return _first(await self._messages(_MESSAGE, id=message_id))

    async def message_by_external_id(
        self, conversation_id: UUID, external_id: str
    ) -> ChatMessage | None:
        ids = {"conversation_id": conversation_id, "external_id": external_id}
        return _first(await self._messages(_MESSAGE_BY_EXTERNAL_ID, **ids))

    async def add_message(self, message: ChatMessage) -> bool:
        """False when the conversation has one with that external id already."""
        values = _values(message, _Record._fields)
        values["tool_calls"] = Jsonb(message.tool_calls, dumps)
        return await self._write(_ADD_MESSAGE, values)

    async def count_messages(self, conversation_id: UUID) -> int:
        """In all branches."""
        [(count,)] = await _COUNT.rows(self._unit, conversation_id=conversation_id)
        return count

    async def branch(
        self, head_id: UUID, limit: int = CONVERSATION_MESSAGES, *, most: int | None = None
    ) -> list[ChatMessage]:
        """The last `limit` messages that lead to this one, and itself, in the order they were said:
        the root first. Of those the first `most`. Empty when there is no such message."""
        return await self._messages(_BRANCH, head_id=head_id, limit=limit, most=most or limit)

    async def way_to(self, head_id: UUID) -> list[UUID]:
        """The ids of all messages of `branch`."""
        rows = await _IDS.rows(
            self._unit,
            tenant_id=self._unit.tenant_id,
            head_id=head_id,
            limit=CONVERSATION_MESSAGES,
            most=CONVERSATION_MESSAGES,
        )
        return [message_id for (message_id,) in rows]

    async def newest_below(self, message_id: UUID) -> UUID | None:
        """The last message of the branch that was gone on with last, of those that run through this
        message; itself when nothing follows it. None when there is no such message."""
        rows = await _NEWEST_BELOW.rows(
            self._unit, message_id=message_id, tenant_id=self._unit.tenant_id
        )
        return rows[0][0] if rows else None

    async def _messages(self, query: Query[Any], **parameters: object) -> list[ChatMessage]:
        rows = await query.rows(self._unit, tenant_id=self._unit.tenant_id, **parameters)
        return list(map(message_of, rows))

    async def _write(self, statement: str, values: dict[str, Any]) -> bool:
        connection = await self._unit.psycopg()
        parameters = {**values, "tenant_id": self._unit.tenant_id}
        cursor = await connection.execute(cast("sql.SQL", statement), parameters)
        return cursor.rowcount > 0


def message_of(row: Iterable[Any]) -> ChatMessage:
    """Of values in the order of `MESSAGE_COLUMNS`."""
    return cast("ChatMessage", _Record._make(row))


def _values(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _first(messages: list[ChatMessage]) -> ChatMessage | None:
    return messages[0] if messages else None

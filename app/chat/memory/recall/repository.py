"""The queries that recall memories: asked at every turn, so they go straight to the driver."""

from collections.abc import Sequence
from typing import Any, cast

from psycopg import sql
from psycopg.rows import dict_row

from app.chat.memory.embedding import Embedded
from app.chat.memory.recall.recollection import Candidate, Wording
from app.db import UnitOfWork, written

_STEMS = """
    SELECT given.related, found.token, found.lexemes
    FROM unnest(%(texts)s::text[], ARRAY[false, true]) AS given (text, related),
        ts_debug('english', given.text) AS found
    WHERE found.lexemes <> '{}'
"""

_CANDIDATES = """
    WITH mine AS NOT MATERIALIZED (
        SELECT * FROM memories WHERE tenant_id = %(tenant_id)s AND replaced_at IS NULL
    ), chosen AS (
        (SELECT id FROM mine WHERE words @@ %(query)s::tsquery
            ORDER BY ts_rank(words, %(query)s::tsquery) DESC, updated_at DESC LIMIT %(most)s)
        UNION
        (SELECT id FROM mine
            WHERE embedding_model = %(model)s::text AND vector_dims(embedding) = %(length)s::int
            ORDER BY embedding <=> %(vector)s::vector LIMIT %(most)s)
        UNION
        (SELECT id FROM mine WHERE kind = 'preference' OR subject = ANY(%(standing)s)
            ORDER BY updated_at DESC LIMIT %(most)s)
    )
    SELECT id, kind, subject, text, message_id, confidence, updated_at,
        ARRAY(
            SELECT unnest(tsvector_to_array(words)) INTERSECT SELECT unnest(%(stems)s::text[])
        ) AS shared,
        ARRAY(
            SELECT unnest(tsvector_to_array(to_tsvector('english', subject)))
            INTERSECT SELECT unnest(%(stems)s::text[])
        ) AS in_subject,
        CASE WHEN embedding_model = %(model)s::text AND vector_dims(embedding) = %(length)s::int
            THEN 1 - (embedding <=> %(vector)s::vector) END AS likeness
    FROM mine JOIN chosen USING (id)
"""

_MOST = 40
_MOST_STEMS = 60
_LONGEST_STEM = 2046
"""Bytes: a search that has a longer one is an error to PostgreSQL, and no memory has it."""


class Recalling:
    """To be used with a unit of work that is no transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def wording(self, text: str, related: str) -> Wording:
        """The words of both texts that tell something, by their stems in English. One that is too
        long to be looked for counts for nothing: a text without spaces is one word."""
        said: dict[str, str] = {}
        besides: dict[str, str] = {}
        connection = await self._unit.psycopg()
        cursor = await connection.execute(_STEMS, {"texts": [text, related]})
        for is_related, token, stems in await cursor.fetchall():
            into = besides if is_related else said
            for stem in filter(_searchable, stems):
                if len(said) + len(besides) < _MOST_STEMS:
                    into.setdefault(stem, token)
        return Wording(said, besides)

    async def candidates(
        self, wording: Wording, embedded: Embedded | None, *, standing: Sequence[str]
    ) -> list[Candidate]:
        """Memories that share words with a text, are near its vector, or may matter whatever it
        says: all preferences, and facts on the subjects `standing`."""
        vector = embedded.vectors[0] if embedded else None
        parameters = {
            "tenant_id": self._unit.tenant_id,
            "query": _any_of(wording.stems),
            "stems": wording.stems,
            "model": embedded.model if embedded else None,
            "length": len(vector) if vector else None,
            "vector": written(vector),
            "standing": [*standing],
            "most": _MOST,
        }
        connection = await self._unit.psycopg()
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(cast("sql.SQL", _CANDIDATES), parameters)
            return [_candidate(row) for row in await cursor.fetchall()]


def _candidate(row: dict[str, Any]) -> Candidate:
    shared, in_subject = frozenset(row.pop("shared")), frozenset(row.pop("in_subject"))
    return Candidate(**row, shared=shared, in_subject=in_subject)


def _searchable(stem: str) -> bool:
    return len(stem.encode()) <= _LONGEST_STEM


def _any_of(stems: Sequence[str]) -> str:
    """A text search for any of them: each in quotes, its own quotes and backslashes doubled."""
    quoted = (stem.replace("\\", "\\\\").replace("'", "''") for stem in stems)
    return " | ".join(f"'{stem}'" for stem in quoted)

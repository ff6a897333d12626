"""Memories found by what they mean, and how they come to have vectors."""

from collections.abc import Sequence

import pytest

from app.chat.memory import Memories
from app.chat.memory.embedding import Backfill, Embedded
from app.chat.memory.models import Memory
from app.db import Database
from app.jobs import JobQueue
from tests.chat.memory.conftest import NOON, TENANT, Hands, memory, put

PLACES, FOOD, OTHER = (1.0, 0.0, 0.1), (0.0, 1.0, 0.1), (0.0, 0.0, 1.0)
MEANINGS = {"Lisbon": PLACES, "whereabouts": PLACES, "peanuts": FOOD, "snack": FOOD}


class Meaning:
    """Knows of places and of food. `away` makes it fail, `model` is by what name it goes."""

    there = True

    def __init__(self) -> None:
        self.model, self.away, self.asked = "fake:meaning", False, 0

    async def embed(
        self, tenant_id: str, texts: Sequence[str], *, seconds: float
    ) -> Embedded | None:
        self.asked += 1
        return None if self.away else Embedded(self.model, tuple(map(self._vector, texts)))

    def _vector(self, text: str) -> tuple[float, ...]:
        found = (vector for word, vector in MEANINGS.items() if word in text)
        return next(found, OTHER)


@pytest.fixture
def meaning() -> Meaning:
    return Meaning()


@pytest.fixture
def memories(database: Database, queue: JobQueue, clock: Hands, meaning: Meaning) -> Memories:
    return Memories(database, queue, meaning, clock)


@pytest.fixture
def backfill(database: Database, queue: JobQueue, meaning: Meaning) -> Backfill:
    return Backfill(database, queue, meaning)


async def models_of(database: Database, *found: Memory) -> list[str | None]:
    async with database.read(TENANT) as unit:
        rows = [await unit.session.get_one(Memory, each.id) for each in found]
    return [row.embedding_model for row in rows]


HOME = {"text": "Is to be found in Lisbon", "subject": "home"}
NUTS = {"text": "Can't have peanuts", "subject": "peanuts"}


async def test_finds_what_has_no_word_in_common(
    database: Database, memories: Memories, backfill: Backfill
) -> None:
    await put(database, memory(**HOME), memory(**NUTS), memory("Has a boat", subject="boat"))
    assert await backfill.fill(TENANT) == 3

    found = await memories.recall(TENANT, "Any hint on my whereabouts")

    assert found.by == "meaning"
    (home,) = found.memories
    assert (home.text, home.why) == (
        "Is to be found in Lisbon",
        "close in meaning (1.00); told within a day",
    )


async def test_words_serve_while_there_is_no_vector(
    database: Database, memories: Memories, meaning: Meaning
) -> None:
    await put(database, memory(**NUTS))

    assert [m.text for m in (await memories.recall(TENANT, "About peanuts?")).memories]
    meaning.away = True
    found = await memories.recall(TENANT, "About peanuts?")

    assert found.by == "words"
    assert [each.text for each in found.memories] == ["Can't have peanuts"]


async def test_vectors_by_another_model_are_not_compared(
    database: Database, memories: Memories, backfill: Backfill, meaning: Meaning
) -> None:
    home = memory(**HOME)
    await put(database, home)
    await backfill.fill(TENANT)
    meaning.model = "fake:other"

    assert (await memories.recall(TENANT, "whereabouts")).memories == ()
    another = memory(**NUTS)
    await put(database, another)
    await backfill.fill(TENANT)

    assert await models_of(database, home, another) == ["fake:other", "fake:other"]
    assert len((await memories.recall(TENANT, "whereabouts")).memories) == 1


async def test_vectors_of_another_length_do_no_harm(
    database: Database, memories: Memories, meaning: Meaning
) -> None:
    short = memory(**HOME, embedding=(1.0, 0.0), embedding_model=meaning.model)
    await put(database, short)

    assert (await memories.recall(TENANT, "whereabouts")).memories == ()


async def test_never_crosses_tenants(
    database: Database, memories: Memories, backfill: Backfill
) -> None:
    await put(database, memory(**HOME, tenant_id="team-blue"), memory(**NUTS))
    await backfill.fill_all()

    assert (await memories.recall(TENANT, "whereabouts")).memories == ()
    assert len((await memories.recall("team-blue", "whereabouts")).memories) == 1


async def test_filling_stops_where_vectors_are_not_to_be_had(
    database: Database, backfill: Backfill, meaning: Meaning
) -> None:
    await put(database, *(memory(f"Fact {n}", subject=f"s{n}") for n in range(40)))
    meaning.away = True

    assert await backfill.fill(TENANT) == 0
    assert meaning.asked == 1
    meaning.away = False
    assert await backfill.fill(TENANT) == 40
    assert await backfill.fill(TENANT) == 0


async def test_what_was_replaced_is_not_embedded(database: Database, backfill: Backfill) -> None:
    old = memory(**HOME, replaced_at=NOON)
    await put(database, old)

    await backfill.fill_all()

    assert await models_of(database, old) == [None]

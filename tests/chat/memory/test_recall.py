"""Which memories come to mind, and why."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.chat.memory import Memories, Recollection
from app.chat.memory.embedding import NoEmbedder
from app.chat.memory.models import Memory
from app.db import Database
from app.jobs import JobQueue
from tests.chat.memory.conftest import NOON, Hands, memory, put


@pytest.fixture
def memories(database: Database, clock: Hands, queue: JobQueue) -> Memories:
    return Memories(database, queue, NoEmbedder(), clock)


def texts(found: Recollection) -> list[str]:
    return [each.text for each in found.memories]


class TestByWords:
    async def test_finds_what_shares_words_with_the_question(
        self, database: Database, memories: Memories
    ) -> None:
        await put(
            database,
            memory("Lives in Paris", subject="home city"),
            memory("Has a budget of 500 EUR", subject="budget"),
            memory("Works at Acme", subject="employer"),
        )

        found = await memories.recall("default", "What was my budget again?")

        assert texts(found) == ["Has a budget of 500 EUR"]
        assert found.by == "words"
        assert found.memories[0].why == "about your budget; told within a day"
        assert 0 < found.memories[0].score <= 1

    async def test_finds_by_related_words(self, database: Database, memories: Memories) -> None:
        await put(database, memory("Is allergic to peanuts", subject="peanuts"))

        found = await memories.recall("default", "Suggest a dinner")

        assert texts(found) == ["Is allergic to peanuts"]
        assert found.memories[0].why.startswith("mentions ‘allergic’")

    async def test_the_newer_of_two_alike_comes_first(
        self, database: Database, memories: Memories
    ) -> None:
        await put(
            database,
            memory("Met Ann", subject="a", updated_at=NOON - timedelta(days=90)),
            memory("Met Bob", subject="b", updated_at=NOON - timedelta(days=3)),
        )

        found = await memories.recall("default", "Whom have I met?")

        assert texts(found) == ["Met Bob", "Met Ann"]
        assert [each.why for each in found.memories] == [
            "mentions ‘met’; told 3 days ago",
            "mentions ‘met’; told 3 months ago",
        ]

    async def test_preferences_and_the_name_are_heeded_unasked(
        self, database: Database, memories: Memories
    ) -> None:
        await put(
            database,
            memory("Is called Anna", subject="name"),
            memory("Prefers short answers", subject="answers", kind="preference"),
            memory("Works at Acme", subject="employer"),
        )

        found = await memories.recall("default", "Tell of the moon")

        assert texts(found) == ["Is called Anna", "Prefers short answers"]

    async def test_never_more_than_asked_for_and_never_another_tenants(
        self, database: Database, memories: Memories
    ) -> None:
        mine = [memory(f"Bought boat {n}", subject=f"boat {n}") for n in range(20)]
        theirs = memory("Bought boat 99", subject="boat 99", tenant_id="team-blue")
        await put(database, *mine, theirs)

        found = await memories.recall("default", "which boat?", limit=5)
        of_others = await memories.recall("team-blue", "which boat?", limit=5)

        assert len(found.memories) == 5
        assert texts(of_others) == ["Bought boat 99"]

    async def test_what_was_replaced_is_not_recalled(
        self, database: Database, memories: Memories
    ) -> None:
        await put(database, memory("Lives in Rome", subject="home", replaced_at=NOON))

        assert texts(await memories.recall("default", "Where do I live?")) == []

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "'",
            "\\",
            "a\\'b & c | !d <-> :*",
            "☃" * 5000,
            "x " * 60_000,
            "x" * 60_000,
            "я" * 1100,
            "我住在里斯本喜欢喝茶" * 80,
            "İ" * 1023,
        ],
    )
    async def test_takes_any_text(self, database: Database, memories: Memories, text: str) -> None:
        await put(database, memory("Lives in Rome", subject="home"))

        assert len((await memories.recall("default", text)).memories) <= 1

    async def test_a_word_too_long_to_look_for_hides_no_other(
        self, database: Database, memories: Memories
    ) -> None:
        await put(database, memory("Lives in Rome", subject="home"))

        found = await memories.recall("default", "я" * 1100 + " where is my home?")

        assert texts(found) == ["Lives in Rome"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kept=st.lists(
        st.tuples(st.sampled_from(["default", "team-blue"]), st.sampled_from("abcdefgh")),
        unique=True,
        max_size=12,
    )
)
async def test_recall_never_crosses_tenants(
    database: Database, memories: Memories, kept: list[tuple[str, str]]
) -> None:
    async with database.begin("default") as unit:
        await unit.session.execute(delete(Memory))
    made = [memory(f"Has boat {name}", subject=name, tenant_id=owner) for owner, name in kept]
    await put(database, *made)

    for tenant in ("default", "team-blue"):
        found = await memories.recall(tenant, "Which boat?", limit=20)
        owned = {each.id for each in made if each.tenant_id == tenant}
        assert {each.id for each in found.memories} == owned

"""However things are told and changed, there is one current memory of each subject, and its history
hangs together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.chat.memory import keeping
from app.chat.memory.errors import TooManyMemories
from app.chat.memory.keeping import Change, change, keep
from app.chat.memory.models import Memory
from app.chat.memory.repository import MemoryRows, WantedMemories
from app.chat.memory.telling import Told, subject_of
from app.db import Database
from tests.chat.memory.conftest import NOON, TENANT

SUBJECTS = ["home city", "tea", "dog"]


def told(subject: str = "tea", text: str = "Likes tea", *, day: int = 0, sure: float = 0.9) -> Told:
    return Told("fact", subject, text, sure, NOON + timedelta(days=day))


async def tell(database: Database, *all_told: Told) -> None:
    for each in all_told:
        async with database.begin(TENANT) as unit:
            await keep(MemoryRows(unit), each)


async def everything(database: Database) -> list[Memory]:
    async with database.read(TENANT) as unit:
        return list(await unit.session.scalars(select(Memory)))


tellings = st.builds(
    told,
    st.sampled_from(SUBJECTS),
    st.sampled_from(["Likes it", "Hates it", "Has it"]),
    day=st.integers(0, 5),
    sure=st.sampled_from([0.5, 0.9, 1.0]),
)
changes = st.builds(
    Change,
    subject=st.none() | st.sampled_from(SUBJECTS),
    text=st.none() | st.sampled_from(["Was put right", "Likes it"]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(tellings | changes, max_size=12))
async def test_one_current_memory_of_a_subject_and_a_history_that_leads_to_it(
    database: Database, steps: list[Told | Change]
) -> None:
    async with database.begin(TENANT) as unit:
        await unit.session.execute(delete(Memory))
    for day, step in enumerate(steps):
        async with database.begin(TENANT) as unit:
            rows = MemoryRows(unit)
            if isinstance(step, Told):
                await keep(rows, step)
                continue
            newest = next(iter(await rows.find(WantedMemories())), None)
            if newest is not None:
                await change(rows, newest, step, NOON + timedelta(days=10 + day))

    memories = await everything(database)
    by_id = {memory.id: memory for memory in memories}
    current = [memory for memory in memories if memory.replaced_at is None]
    said_of = {step.subject for step in steps if isinstance(step, Told)}
    assert len(current) == len({memory.subject for memory in current})
    assert bool(current) == bool(said_of)
    assert {memory.subject for memory in current} <= set(SUBJECTS)
    for memory in memories:
        seen = set()
        while memory.replaced_by is not None:
            assert memory.id not in seen
            seen.add(memory.id)
            memory = by_id[memory.replaced_by]  # noqa: PLW2901  # along the chain
        assert memory.replaced_at is None


async def test_what_was_told_last_holds_in_whatever_order_it_is_heard(database: Database) -> None:
    await tell(database, told(text="Likes tea", day=2), told(text="Hates tea", day=1, sure=1))

    (memory,) = await everything(database)
    assert memory.text == "Likes tea"


async def test_what_is_said_again_is_newer_and_surer(database: Database) -> None:
    await tell(database, told(sure=0.6), told(text="likes tea.", day=3, sure=0.8))

    (memory,) = await everything(database)
    assert (memory.updated_at, memory.confidence) == (NOON + timedelta(days=3), 0.8)
    assert memory.created_at == NOON


async def test_what_its_owner_wrote_is_not_overwritten_by_older_messages(
    database: Database,
) -> None:
    await tell(database, told(text="Hates tea", day=5, sure=1.0), told(day=4, sure=0.9))

    assert [memory.text for memory in await everything(database)] == ["Hates tea"]


@contextmanager
def at_most(memories: int, patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as patched:
        patched.setattr(keeping, "MEMORIES", memories)
        yield


async def test_there_are_so_many_and_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_most(2, monkeypatch):
        await tell(database, told("a"), told("b"), told("a", "Is other", day=1))
        with pytest.raises(TooManyMemories):
            await tell(database, told("c"))

    assert len([m for m in await everything(database) if m.replaced_at is None]) == 2


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("My  Home City.", "home city"),
        ("the user's dog", "dog"),
        ("The Hague", "hague"),
        ("my", "my"),
        ("Ｔｅａ", "tea"),
        ("dog’s name", "dog's name"),
        ("...", "..."),
        (" !!! ", "!!!"),
        ("", "something"),
    ],
)
def test_a_subject_is_the_same_however_it_is_written(written: str, subject: str) -> None:
    assert subject_of(written) == subject


@given(st.text(max_size=200))
def test_a_subject_of_any_text_is_its_own_subject(text: str) -> None:
    subject = subject_of(text)

    assert 0 < len(subject) <= 100
    assert subject_of(subject) == subject

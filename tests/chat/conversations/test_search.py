"""What somebody looks for, as the database wants it put."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.chat.conversations.browsing.search import MOST_WORDS, Search
from app.db import Database


def test_the_last_word_is_a_beginning() -> None:
    assert Search.of("train to Ro").words == "'train' & 'to' & 'Ro':*"


def test_what_stands_for_others_in_a_pattern_stands_for_itself() -> None:
    assert Search.of("50%_\\").parts == ("%50\\%\\_\\\\%",)


def test_words_beyond_the_bound_do_not_count() -> None:
    assert len(Search.of("a " * 50).parts) == MOST_WORDS


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=200))
async def test_the_database_understands_whatever_is_looked_for(
    database: Database, given: str
) -> None:
    async with database.read("default") as unit:
        query = text("SELECT to_tsquery('simple', :words)::text")
        await unit.session.execute(query, {"words": Search.of(given).words})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.text("abcä1.'\\-", min_size=1, max_size=8), min_size=1, max_size=6).filter(
        lambda words: all(any(map(str.isalnum, word)) for word in words)
    )
)
async def test_a_message_is_found_by_all_of_its_words(database: Database, words: list[str]) -> None:
    said = " ".join(words)
    query = text("SELECT to_tsvector('simple', :said) @@ to_tsquery('simple', :words)")
    async with database.read("default") as unit:
        values = {"said": said, "words": Search.of(said).words}
        assert await unit.session.scalar(query, values), (said, values["words"])

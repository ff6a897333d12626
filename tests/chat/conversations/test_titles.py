"""Titles by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.conversations.titles.wording import LENGTH, proposed, shortened, title_of


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("What is the best train to Rome? I leave on Monday.", "What is the best train to Rome?"),
        ("Plan a week in Rome.", "Plan a week in Rome"),
        ("Hi! Can you help me with my printer? It hums.", "Hi! Can you help me with my printer?"),
        ("# Minutes of the meeting\n\nAll came.", "Minutes of the meeting"),
        ("- **milk** and bread\n- eggs", "milk and bread"),
        ("どの電車が一番速いですか。月曜に出ます。", "どの電車が一番速いですか"),
        ("Hello", "Hello"),
        (
            "Please compare the timetables of every train that goes to Rome from Monday on",
            "Please compare the timetables of every train that goes to…",
        ),
        ("x" * 100, "x" * 59 + "…"),
        ("  \n ", None),
        ("***", None),
    ],
)  # fmt: skip
def test_a_title_is_the_beginning_of_what_was_said(message: str, title: str | None) -> None:
    assert title_of(message) == title


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("A Week in Rome", "A Week in Rome"),
        ('"A Week in Rome."\n', "A Week in Rome"),
        ("**Title:** A Week in Rome", "A Week in Rome"),
        ("\n\n# A Week in Rome\nI chose this since …", "A Week in Rome"),
        ("„Eine Woche in Rom“", "Eine Woche in Rom"),
        ("", None),
        ('""', None),
    ],
)
def test_a_proposed_title_is_taken_out_of_its_wrapping(answer: str, title: str | None) -> None:
    assert proposed(answer) == title


@given(st.text(max_size=300))
def test_a_title_is_one_short_line(text: str) -> None:
    for title in (title_of(text), proposed(text)):
        if title is not None:
            assert 0 < len(title) <= LENGTH
            assert title == " ".join(title.split())


@given(st.lists(st.text("abc", min_size=1, max_size=20), min_size=1, max_size=30))
def test_no_word_is_cut_in_two(words: list[str]) -> None:
    whole = " ".join(words)
    kept = shortened(whole).removesuffix("…").split()
    assert words[: len(kept)] == kept

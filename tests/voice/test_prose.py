import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.voice.prose import prose


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Good morning, 900 for two?", "Good morning, 900 for two?"),
        ("**Take** _it_ or ~~leave~~ it!", "Take it or leave it!"),
        ("# Offer\n\n- 900 USD\n- two pieces", "Offer\n\n900 USD\ntwo pieces"),
        ("See [the list](https://example.com/a?b=c).", "See the list."),
        ("See https://example.com/a/long?path=1 now", "See example.com now"),
        ("Call `price()` first.", "Call price() first."),
        ("Look:\n```python\nprint(1)\n```\nDone.", "Look:\n\nDone."),
        ("Look:\n```\nnever closed", "Look:"),
        ("| Item | Price |\n|---|---|\n| Laptop | 900 |", "Item, Price.\n\nLaptop, 900."),
        ("2 * 3 * 4 is 24, snake_case_name stays", "2 * 3 * 4 is 24, snake_case_name stays"),
        ("<b>Really</b> 5 < 6", "Really 5 < 6"),
        ("***", ""),
        ("> quoted", "quoted"),
    ],
)
def test_marks_arent_spoken(written: str, spoken: str) -> None:
    assert prose(written).text == spoken


def test_it_is_told_that_code_was_left_out() -> None:
    assert prose("```\nx\n```").left_out
    assert not prose("no code").left_out


@given(st.text(max_size=300))
def test_anything_can_be_read(text: str) -> None:
    spoken = prose(text).text
    assert len(spoken) <= len(text) * 3 + 2
    assert spoken == spoken.strip()


@given(st.lists(st.from_regex(r"[a-zäöü]{1,12}", fullmatch=True), min_size=1, max_size=20))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert prose(text).text == text

"""What can be seen of a text."""

import pytest

from app.kit.text import visible


@pytest.mark.parametrize(
    "text", ["a", " .", "я", "我", "\U0001f600\ufe0f", "e\u0301", "\ue000", "\u00ad-"]
)
def test_something_is_seen(text: str) -> None:
    assert visible(text)


@pytest.mark.parametrize(
    "text", ["", " \n\u00a0", "\u200b\u200d\ufeff", "\u2800", "\u3164", "\ufe0f", "\0"]
)
def test_nothing_is_seen(text: str) -> None:
    assert not visible(text)

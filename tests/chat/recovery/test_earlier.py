"""When two questions are the same, and how old an answer is said to be."""

from datetime import UTC, datetime, timedelta

import pytest

from app.chat.recovery import EarlierAnswer, context_key, repeated
from app.chat.recovery.earlier import age
from app.llm import Message, Role, Tool

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ASKED = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Why?"))
LOOK = Tool("look", "Looks.", {"type": "object"})


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=-3), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59.9), "59 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_age_in_the_largest_whole_unit(passed: timedelta, told: str) -> None:
    assert age(NOON - passed, NOON) == told


def test_a_notice_tells_by_whom_and_how_old() -> None:
    answer = EarlierAnswer("So.", "lm_studio:m", NOON - timedelta(hours=2))
    assert "by lm_studio:m 2 hours ago" in repeated(answer, NOON).message


def test_the_same_context_has_the_same_key() -> None:
    assert context_key(ASKED, (LOOK,)) == context_key([*ASKED], [LOOK])


def test_any_other_context_has_another() -> None:
    others = [
        (ASKED, ()),
        (ASKED, (LOOK,)),
        (ASKED[1:], ()),
        (ASKED[::-1], ()),
        ((*ASKED, Message(Role.ASSISTANT, "So.")), ()),
        ((ASKED[0], Message(Role.USER, "Why? ")), ()),
        ((ASKED[0], Message(Role.TOOL, "Why?", tool_call_id="1")), ()),
    ]
    assert len({context_key(messages, tools) for messages, tools in others}) == len(others)

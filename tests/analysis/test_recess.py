"""Who may ask the judge, and when."""

from typing import Any

import pytest

from app.analysis.errors import JudgementDelayed
from app.analysis.recess import Recess


class Moment:
    """Where a clock stands."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


def refusal(recess: Recess) -> Any:
    with pytest.raises(JudgementDelayed) as raised:
        recess.begin()
    return raised.value


def room(recess: Recess) -> int:
    """How many more may ask at once."""
    begun = 0
    try:
        while begun < 100:
            recess.begin()
            begun += 1
    except JudgementDelayed:
        pass
    for _ in range(begun):
        recess.end()
    return begun


def test_each_answer_lets_one_more_ask() -> None:
    recess = Recess(6)
    seen = []
    for _ in range(4):
        seen.append(room(recess))
        recess.answered()

    assert seen == [4, 5, 6, 6]


def test_nobody_asks_a_judge_that_just_failed(moment: Moment) -> None:
    recess = Recess(16, moment)
    recess.failed()

    assert 10 <= refusal(recess).seconds < 40
    moment.now += 10
    assert room(recess) == 1


def test_those_who_ask_together_fail_once(moment: Moment) -> None:
    recess = Recess(16, moment)
    for _ in range(4):
        recess.failed()
    moment.now += 10

    assert room(recess) == 1


def test_pauses_grow_to_five_minutes_and_end_with_an_answer(moment: Moment) -> None:
    recess, pauses = Recess(16, moment), []
    for _ in range(8):
        recess.failed()
        begun = moment.now
        while not room(recess):
            moment.now += 5
        pauses.append(moment.now - begun)

    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300]
    recess.answered()
    assert room(recess) == 2
    recess.failed()
    moment.now += 10
    assert room(recess) == 1


def test_who_is_sent_away_comes_back_at_another_moment() -> None:
    recess = Recess(1)
    recess.begin()

    assert len({refusal(recess).seconds for _ in range(20)}) == 20

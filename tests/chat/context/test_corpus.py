"""The long conversations that ship with the benchmark: fewer tokens, and no fact is missing."""

import pytest

from app.chat.context.materials import RecentPolicy
from app.chat.context.optimizing import optimize
from app.db import Address
from app.llm import Message, Role
from bench.context import TARGET, Long, conversations, figures, replayed
from bench.corpus.conversing import LENGTHS, write

LONGS = conversations()
RECENT = 12


async def test_contexts_save_tokens_and_have_what_is_asked_for(clean_address: Address) -> None:
    results = await replayed(clean_address, LONGS[:2])

    assert [figure.met for figure in figures(results)] == [True, None, True]
    assert [result.missing for result in results] == [[], []]


@pytest.mark.parametrize("long", LONGS, ids=lambda long: long.name)
def test_optimised_they_have_every_fact(long: Long) -> None:
    told = [
        message
        for question, answer in long.exchanges[: -2 * len(long.questions)]
        for message in (Message(Role.USER, question), Message(Role.ASSISTANT, answer))
    ]

    optimized = optimize(told, RecentPolicy(RECENT, 6000))

    text = "\n".join(message.content for message in optimized.messages)
    assert [each.needs for each in long.questions if each.needs not in text] == []
    assert optimized.tokens_after <= (1 - TARGET) * optimized.tokens_before


@pytest.mark.parametrize("long", LONGS, ids=lambda long: long.name)
def test_no_fact_is_among_what_is_sent_word_for_word(long: Long) -> None:
    """Else it would prove nothing that it is there."""
    assert len(long.questions) >= 5
    for each in long.questions:
        recent = long.exchanges[each.exchange - RECENT : each.exchange]
        assert each.needs in long.exchanges[each.told][0]
        assert long.exchanges[each.exchange][0] == each.question
        assert not any(each.needs in text for exchange in recent for text in exchange)


@pytest.mark.parametrize(("place", "length"), [*enumerate(LENGTHS)])
def test_the_script_writes_what_is_there(place: int, length: int) -> None:
    written = write(length, seed=place)

    assert tuple(written.exchanges) == LONGS[place].exchanges
    assert tuple(written.questions) == LONGS[place].questions

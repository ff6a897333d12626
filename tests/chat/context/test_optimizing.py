from datetime import UTC, datetime
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from app.chat.context.exchange import Exchange
from app.chat.context.materials import Fact, RecentPolicy
from app.chat.context.optimizing import Known, optimize
from app.kit.ids import new_id
from app.llm import Message, Role, message_tokens
from tests.chat.context.made import some_exchanges, words

POLICY = RecentPolicy(exchanges=4, tokens=2000)
CHAT = (
    ("How do I boil an egg?", "Put it into boiling water, and wait for some minutes. " * 4),
    ("Thanks!", "You are welcome, ask whenever you like, that is what this is here for. " * 4),
)
FACTS = ("My dog is called Rex.", "We fly to Lisbon on 3 May.", "The gate's code is ZX-81-Q.")

policies = st.builds(RecentPolicy, st.integers(1, 6), st.integers(1, 400))


def said(*pairs: tuple[str, str]) -> list[Message]:
    return [
        message
        for question, answer in pairs
        for message in (Message(Role.USER, question), Message(Role.ASSISTANT, answer))
    ]


def long_conversation() -> list[Message]:
    """Each fact is told once, and long ago."""
    told = chain.from_iterable((*CHAT, (fact, "I'll keep that in mind.")) for fact in FACTS)
    return [Message(Role.SYSTEM, "Be kind."), *said(*told, *CHAT * 4)]


def test_a_long_conversation_is_told_in_fewer_tokens_and_nothing_told_is_lost() -> None:
    given_messages = long_conversation()

    optimized = optimize(given_messages, POLICY)

    system, *rest = optimized.messages
    assert optimized.tokens_after < 0.6 * optimized.tokens_before
    assert all(fact in system.content for fact in FACTS)
    assert system.content.startswith("Be kind.")
    assert [m.content for m in rest[::2]] == [m.content for m in given_messages[-8::2]]
    saved = {each.name: each.saved_tokens for each in optimized.strategies}
    assert list(saved) == ["window", "summary", "comments", "whitespace", "repeats"]
    assert saved["window"] > 0
    assert saved["summary"] > 0


def test_a_short_one_stays_as_it_is() -> None:
    given_messages = said(("Hello", "Hi."), ("My dog is called Rex.", "Nice."))

    optimized = optimize(given_messages, POLICY)

    assert list(optimized.messages) == given_messages
    assert {each.saved_tokens for each in optimized.strategies} == {0}


def test_what_is_stored_stands_for_what_it_tells_of() -> None:
    fact = Fact(new_id(), "Has a dog, Rex.", None, "", 1, datetime(2026, 1, 2, tzinfo=UTC))
    known = Known("They spoke of eggs and a dog.", summed_up=12, facts=(fact,))

    optimized = optimize(long_conversation(), POLICY, known, before=700)

    system = optimized.messages[0].content
    saved = {each.name: each.saved_tokens for each in optimized.strategies}
    assert "They spoke of eggs and a dog." in system
    assert FACTS[0] not in system  # told in the first twelve messages
    assert FACTS[2] in system
    assert "- 2026-01-02: Has a dog, Rex." in system
    assert saved["memories"] < 0
    assert optimized.tokens_before > 700 + optimized.tokens_after


@given(some_exchanges, policies, st.none() | words)
def test_never_more_tokens_than_before_and_the_sum_is_right(
    told: tuple[Exchange, ...],
    policy: RecentPolicy,
    system: str | None,
) -> None:
    given_messages = [Message(Role.SYSTEM, system)] if system else []
    given_messages += [message for each in told for message in each.messages]

    optimized = optimize(given_messages, policy)

    assert optimized.tokens_before == sum(map(message_tokens, given_messages))
    assert optimized.tokens_after == sum(map(message_tokens, optimized.messages))
    assert optimized.tokens_after <= optimized.tokens_before
    saved = [each.saved_tokens for each in optimized.strategies]
    assert sum(saved) == optimized.tokens_before - optimized.tokens_after
    assert min(saved) >= 0


@given(some_exchanges, policies)
def test_the_question_is_never_left_out(told: tuple[Exchange, ...], policy: RecentPolicy) -> None:
    question = Message(Role.USER, "And what now?")
    given_messages = [message for each in told for message in each.messages]

    assert optimize([*given_messages, question], policy).messages[-1] == question

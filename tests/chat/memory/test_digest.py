import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.memory.summaries.digest import digest
from app.llm import Message, Role, text_tokens

messages = st.lists(
    st.builds(
        Message,
        st.sampled_from(Role),
        st.text()
        | st.sampled_from(
            ["My dog is called Rex.", "We leave on 3 May. Thanks!", "Hm. I see?", "What now?"]
        ),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    "told",
    [
        "My dog is called Rex.",
        "We fly to Lisbon on 3 May.",
        "The code of the gate is ZX-81-Q.",
        "Her favourite colour is teal.",
        "I can't stand coriander.",
        "Let's go with the smaller one.",
        "The meeting with Anna moved.",
        "我住在北京。",
    ],
)
def test_what_a_person_tells_is_kept(told: str) -> None:
    said = [Message(Role.USER, f"Hello! {told} How are you?")]

    assert digest(said, 100) == f"Person: {told}"


@pytest.mark.parametrize(
    "said", ["Thanks a lot, that helps.", "Hello there!", "Tell me more about that.", "Why so?"]
)
def test_small_talk_is_not(said: str) -> None:
    assert digest([Message(Role.USER, said), Message(Role.ASSISTANT, said)], 100) == ""


def test_it_says_who_said_what_in_order_and_once() -> None:
    said = [
        Message(Role.USER, "My budget is 900 euros."),
        Message(Role.ASSISTANT, "Noted. The Brompton costs 1,500 euros. It is a nice bike."),
        Message(Role.USER, "my budget is 900 euros. I prefer red."),
    ]

    assert digest(said, 100) == (
        "Assistant: The Brompton costs 1,500 euros.\nPerson: my budget is 900 euros. I prefer red."
    )


def test_programs_are_left_out() -> None:
    said = [Message(Role.USER, "I use Postgres 18:\n```sql\nSELECT 42 AS x;\n```\nIt is slow.")]

    assert "SELECT" not in digest(said, 100)
    assert "Postgres 18" in digest(said, 100)


def test_what_the_person_told_goes_before_what_the_assistant_said() -> None:
    said = [
        Message(Role.USER, "I live in Lyon."),
        Message(Role.ASSISTANT, "Lyon has 520,000 inhabitants, agreed."),
    ]

    assert digest(said, 10) == "Person: I live in Lyon."


@given(messages, st.integers(0, 80))
def test_it_is_never_longer_than_it_may_be(said: list[Message], tokens: int) -> None:
    assert text_tokens(digest(said, tokens)) <= tokens


@given(messages)
def test_it_says_nothing_new(said: list[Message]) -> None:
    words = {word for message in said for word in message.content.split()}

    found = digest(said, 10_000)

    assert set(found.split()) <= words | {"Person:", "Assistant:"}

"""What of a model's text is heard in the room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.negotiation.speech import spoken


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Hello there.", "Hello there."),
        ("<think>they are weak</think>\n\nHello.", "Hello."),
        ("<THINKING depth='2'>x</Thinking>Hello.", "Hello."),
        ("<think>a<think>b</think>c</think>Hello.", "Hello."),
        ("<think>a<reasoning>b</think>Hello.", "Hello."),
        ("Hello. <scratchpad>my least price is 800", "Hello."),
        ("my least price is 800</think>Hello.", "Hello."),
        ("One.<think>a</think>Two.<reasoning>b</reasoning>", "One.\nTwo."),
        ("<thi<think>x</think>nk>secret</think>Hello.", "Hello."),
        ("Reasoning: they will pay more\nand more\n\nHello.", "Hello."),
        ("**Reasoning:** they will pay\nAnswer: Hello.", "Hello."),
        ("**Analysis**: weak\n\n**Response:** Hello.\nBye.", "Hello.\nBye."),
        ("### Thinking:\nweak\nMessage: Hello.", "Hello."),
        ("Message: Hello.", "Hello."),
        ("Hello.\nThought: they are weak", "Hello."),
        ("My reasoning: it is cheap.", "My reasoning: it is cheap."),
        ("Here is my thinking: no.", "Here is my thinking: no."),
        ("I think <b>so</b>, and 3 < 4.", "I think <b>so</b>, and 3 < 4."),
        ("Hello.\nAnswer: me soon.", "Hello.\nAnswer: me soon."),
        ('Hello.\n```json\n{"message": "Hello."}\n```', "Hello."),
        ('Hello.\n```\n{"offer": null}', "Hello."),
        ("```\nplain words\n```", "```\nplain words\n```"),
        ("a\x00b\x1b[31mc\ud800d\r\ne\tf", "ab[31mcd\ne\tf"),
        ("  one\n\n \n\ntwo \n", "one\n\ntwo"),
        ("<think>nothing but this</think>", ""),
        ("", ""),
    ],
)
def test_only_what_is_meant_for_others_is_heard(text: str, heard: str) -> None:
    assert spoken(text) == heard


def test_length_is_bounded_after_the_thinking_is_gone() -> None:
    assert spoken("<think>" + "x" * 9000 + "</think>" + "word " * 9000, limit=12) == "word word wo"
    assert len(spoken("y" * 100_000)) == 4000


MARKUP = (
    "<think> </think> <thi nk> <reasoning> </Reasoning> Reasoning: Thought: Answer: ** ``` json"
)
PIECES = st.sampled_from([*MARKUP.split(), "{", "}", "\n", "\n\n", " ", "\x00", "\ud800", "<"])
ROUGH = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=40).map("".join)


@given(ROUGH, st.integers(1, 60))
def test_hearing_twice_changes_nothing(text: str, limit: int) -> None:
    heard = spoken(text, limit)
    assert spoken(heard, limit) == heard
    assert len(heard) <= limit


@given(ROUGH)
def test_what_is_heard_can_be_stored(text: str) -> None:
    heard = spoken(text)
    assert "\x00" not in heard
    assert heard == heard.strip()
    assert heard.encode("utf-8").decode() == heard


@given(ROUGH, st.text("abc \n", max_size=30))
def test_a_closed_block_never_leaks(before: str, secret: str) -> None:
    assert "SECRET" not in spoken(f"{before}<think>{secret}SECRET{secret}</think>")


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    [
        "<think>" * 10_000,
        "<think " * 10_000,
        "</think>" * 10_000,
        "```{" * 10_000,
        "```" + " " * 100_000,
        "*" * 100_000,
        " \n" * 50_000,
        "Answer: " * 10_000,
        "<thi" * 400 + "<think>x</think>" + "nk>y</think>" * 400,
    ],
)
def test_hostile_text_is_cleaned_in_linear_time(text: str) -> None:
    assert spoken(spoken(text)) == spoken(text)

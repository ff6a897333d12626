"""Every text finds its way back to where it was taken from."""

from typing import Any

import pytest

from app.llm import ImagePart, Message, Role, TextPart, ToolCall
from app.llm.compression.conversation import body_texts, body_with_texts, texts_of, with_texts

PICTURE = ImagePart("https://a.example/b.png")


def test_messages() -> None:
    messages = (
        Message(Role.SYSTEM, "one"),
        Message(Role.USER, "two\nthree", (TextPart("two"), PICTURE, TextPart("three"))),
        Message(Role.ASSISTANT, "", tool_calls=(ToolCall("1", "look", "{}"),)),
        Message(Role.TOOL, "kept", tool_call_id="1"),
        Message(Role.USER, "", (PICTURE,)),
        Message(Role.USER, "four"),
    )
    texts = texts_of(messages)
    assert texts == ["one", "two", "three", "", "four"]
    assert with_texts(messages, texts) == messages

    system, pictured, called, answered, silent, last = with_texts(
        messages, [text.upper() for text in texts]
    )
    assert (system.content, last.content) == ("ONE", "FOUR")
    assert pictured.content == "TWO\nTHREE"
    assert pictured.parts == (TextPart("TWO"), PICTURE, TextPart("THREE"))
    assert (called, answered, silent) == messages[2:5]


@pytest.mark.parametrize(
    "messages",
    [
        None,
        "x",
        3,
        [],
        [3, None, "x", []],
        [{"role": "user"}, {"content": "x"}, {"role": "tool", "content": "x"}],
        [{"role": "user", "content": [3, {"type": "text"}, {"type": "text", "text": 3}]}],
        [{"role": "assistant", "content": None, "tool_calls": [{}]}],
    ],
)
def test_a_body_of_any_other_form_stays(messages: Any) -> None:
    body = {"model": "m", "messages": messages}
    assert body_texts(body) == []
    assert body_with_texts(body, []) == body


def test_a_body() -> None:
    spoken: list[dict[str, Any]] = [
        {"role": "developer", "content": "one", "name": "x"},
        {"role": "user", "content": [{"type": "text", "text": "two", "cache_control": {}}, 3]},
    ]
    body = {"messages": spoken, "stream": True}

    assert body_texts(body) == ["one", "two"]
    assert body_with_texts(body, ["1", "2"]) == {
        "messages": [
            {"role": "developer", "content": "1", "name": "x"},
            {"role": "user", "content": [{"type": "text", "text": "2", "cache_control": {}}, 3]},
        ],
        "stream": True,
    }
    assert spoken[0]["content"] == "one"

"""Our request in Anthropic's words."""

from typing import Any

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import TypeAdapter

from app.llm import (
    ImagePart,
    Message,
    ModelRequest,
    OutputSchema,
    Role,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
)
from app.llm.catalogue.traits import OutputWay
from app.llm.providers._anthropic_request import message_body
from tests.llm.conftest import ask

SEARCH = Tool("search", "Looks things up.", {"type": "object", "properties": {}})
DEAL = OutputSchema("deal", {"type": "object", "properties": {"message": {"type": "string"}}})
PNG = "data:image/png;base64,iVBORw0KGgo="


def written(request: ModelRequest, **options: Any) -> dict[str, Any]:
    """The body, which has to be one by the SDK's own types."""
    body = message_body(request, "claude", **({"max_tokens": 100} | options))
    TypeAdapter(MessageCreateParamsNonStreaming).validate_python(body)
    return body


def turns(*messages: Message) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = written(ask(messages=messages))["messages"]
    return found


def test_the_system_text_stands_apart() -> None:
    assert written(ask()) == {
        "model": "claude",
        "max_tokens": 100,
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Say hello."}]}],
    }


def test_parameters() -> None:
    body = written(ask(max_tokens=7, temperature=0.5, top_p=0.9, stop=("END",)))

    assert body["max_tokens"] == 7
    assert body["stop_sequences"] == ["END"]
    assert {"temperature", "top_p"}.isdisjoint(body)


def test_a_system_message_alone_is_asked_as_the_users() -> None:
    (turn,) = turns(Message(Role.SYSTEM, "Summarise: all is well."))

    assert turn["role"] == "user"


def test_tools_are_used_and_answered() -> None:
    call = ToolCall("call:1", "search", '{"query": "clay"}')
    assert turns(
        Message(Role.USER, "Look it up."),
        Message(Role.ASSISTANT, "", tool_calls=(call, ToolCall("call:2", "search", ""))),
        Message(Role.TOOL, "Found.", tool_call_id="call:1"),
        Message(Role.TOOL, "", tool_call_id="call:2"),
        Message(Role.USER, "And?"),
    )[1:] == [
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "call_1", "name": "search", "input": {"query": "clay"}},
                {"type": "tool_use", "id": "call_2", "name": "search", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_1",
                    "content": [{"type": "text", "text": "Found."}],
                },
                {"type": "tool_result", "tool_use_id": "call_2"},
                {"type": "text", "text": "And?"},
            ],
        },
    ]


@pytest.mark.parametrize("arguments", ["[1]", '{"broken', "7"])
def test_arguments_that_are_no_object(arguments: str) -> None:
    call = ToolCall("1", "search", arguments)
    (turn,) = turns(Message(Role.ASSISTANT, "", tool_calls=(call,)))

    assert list(turn["content"][0]["input"]) == ["arguments"]


def test_pictures() -> None:
    parts = (TextPart("What is this?"), ImagePart(PNG), ImagePart("https://example.org/a.png"))
    (turn,) = turns(Message(Role.USER, "What is this?", parts))

    assert turn["content"][1:] == [
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
        },
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
    ]


def test_nothing_empty_is_said() -> None:
    said = turns(
        Message(Role.USER, "Hello."),
        Message(Role.ASSISTANT, " \n"),
        Message(Role.USER, "Hello?", (TextPart(""), TextPart("Hello?"))),
    )

    assert [[block["text"] for block in turn["content"]] for turn in said] == [["Hello.", "Hello?"]]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (ToolChoice("auto"), {"type": "auto"}),
        (ToolChoice("none"), {"type": "none"}),
        (ToolChoice("required"), {"type": "any"}),
        (ToolChoice("function", "search"), {"type": "tool", "name": "search"}),
    ],
)
def test_tool_choice(choice: ToolChoice, expected: dict[str, Any]) -> None:
    body = written(ask(tools=(SEARCH,), tool_choice=choice))

    assert body["tool_choice"] == expected
    assert body["tools"][0]["name"] == "search"


def test_no_choice_is_the_vendors() -> None:
    assert "tool_choice" not in written(ask(tools=(SEARCH,)))


def test_structured_output() -> None:
    body = written(ask(output=DEAL), way=OutputWay.RESPONSE_FORMAT, schema=DEAL.schema)

    assert body["output_config"] == {"format": {"type": "json_schema", "schema": DEAL.schema}}


def test_the_output_beside_tools_of_ones_own() -> None:
    body = written(ask(output=DEAL, tools=(SEARCH,)), way=OutputWay.TOOL_CALL, schema=DEAL.schema)

    assert [tool["name"] for tool in body["tools"]] == ["search", "deal"]
    assert body["tool_choice"] == {"type": "any"}


def test_the_output_in_words() -> None:
    body = written(ask(output=DEAL), way=OutputWay.FENCED, schema=DEAL.schema)

    assert "```json" in body["system"][-1]["text"]
    assert {"tools", "output_config"}.isdisjoint(body)

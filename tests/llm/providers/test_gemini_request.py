"""Our request in Gemini's words."""

from typing import Any

import pytest
from google.genai.types import Content, GenerateContentConfig

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
from app.llm.providers._gemini_contents import contents_of
from app.llm.providers._gemini_request import config_of
from app.llm.providers._gemini_signatures import Signatures
from tests.llm.conftest import ask

SEARCH = Tool(
    "search", "Looks things up.", {"type": "object", "properties": {"q": {"type": "string"}}}
)
DEAL = OutputSchema("deal", {"type": "object", "properties": {"message": {"type": "string"}}})
CALL = ToolCall("call_1", "search", '{"q": "clay"}')


def contents(*messages: Message, signed: bool = False) -> list[dict[str, Any]]:
    """What the SDK takes too."""
    written = contents_of(messages, Signatures(), signed=signed)
    for content in written:
        Content.model_validate(content)
    return written


def config(request: ModelRequest, way: OutputWay | None = None) -> dict[str, Any]:
    written = config_of(request, way)
    GenerateContentConfig(**written)
    return {name: value for name, value in written.items() if value is not None}


def test_the_least() -> None:
    assert config(ask()) == {
        "system_instruction": "Be brief.",
        "automatic_function_calling": {"disable": True},
        "automatic_continuation": False,
    }
    assert contents(*ask().messages) == [{"role": "user", "parts": [{"text": "Say hello."}]}]


def test_parameters() -> None:
    written = config(ask(max_tokens=7, temperature=0.5, top_p=0.9, stop=("END",)))

    assert written["max_output_tokens"] == 7
    assert (written["temperature"], written["top_p"]) == (0.5, 0.9)
    assert written["stop_sequences"] == ["END"]


def test_a_system_message_alone_is_asked_as_the_users() -> None:
    assert contents(Message(Role.SYSTEM, "Summarise.")) == [
        {"role": "user", "parts": [{"text": "Summarise."}]}
    ]


def test_each_side_has_one_turn_at_a_time() -> None:
    said = contents(
        Message(Role.USER, "One."),
        Message(Role.USER, "Two."),
        Message(Role.ASSISTANT, ""),
        Message(Role.ASSISTANT, "Three."),
    )

    assert [(turn["role"], len(turn["parts"])) for turn in said] == [("user", 2), ("model", 1)]


def test_pictures() -> None:
    data = ImagePart("data:image/png;base64,iVBORw0KGgo=")
    parts = (TextPart("Look."), data, ImagePart("https://example.org/a.webp?size=2"))
    (turn,) = contents(Message(Role.USER, "Look.", parts))

    assert turn["parts"][1:] == [
        {"inline_data": {"mime_type": "image/png", "data": b"\x89PNG\r\n\x1a\n"}},
        {
            "file_data": {
                "file_uri": "https://example.org/a.webp?size=2",
                "mime_type": "image/webp",
            }
        },
    ]


@pytest.mark.parametrize("signed", [True, False])
def test_a_call_whose_signature_is_not_known(signed: bool) -> None:
    second = ToolCall("call_2", "search", "")
    (turn,) = contents(Message(Role.ASSISTANT, "", tool_calls=(CALL, second)), signed=signed)

    first, other = turn["parts"]
    assert first.get("thought_signature") == (
        b"skip_thought_signature_validator" if signed else None
    )
    assert "thought_signature" not in other


def test_signatures_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Signatures, "BOUND", 2)
    signatures = Signatures()
    for name in ("a", "b", "c"):
        signatures.keep(name, name.encode())

    assert [signatures.of(name, or_waived=False) for name in "abc"] == [None, b"b", b"c"]


def test_an_answer_to_a_call_that_is_not_there() -> None:
    (turn,) = contents(Message(Role.TOOL, "[1]", tool_call_id="gone"))

    assert turn["parts"][0]["function_response"] == {
        "id": "gone",
        "name": "gone",
        "response": {"result": [1]},
    }


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (ToolChoice("auto"), {"mode": "AUTO"}),
        (ToolChoice("none"), {"mode": "NONE"}),
        (ToolChoice("required"), {"mode": "ANY"}),
        (
            ToolChoice("function", "search"),
            {"mode": "ANY", "allowed_function_names": ["search"]},
        ),
    ],
)
def test_tool_choice(choice: ToolChoice, expected: dict[str, Any]) -> None:
    written = config(ask(tools=(SEARCH,), tool_choice=choice))

    assert written["tool_config"] == {"function_calling_config": expected}


def test_tools() -> None:
    idle = Tool("now", "", {"type": "object", "properties": {}})
    written = config(ask(tools=(SEARCH, idle)))

    assert written["tools"] == [
        {
            "function_declarations": [
                {
                    "name": "search",
                    "description": "Looks things up.",
                    "parameters_json_schema": SEARCH.parameters,
                },
                {"name": "now"},
            ]
        }
    ]
    assert "tool_config" not in written


def test_the_output_beside_tools_of_ones_own() -> None:
    written = config(ask(output=DEAL, tools=(SEARCH,)), OutputWay.TOOL_CALL)

    declared = written["tools"][0]["function_declarations"]
    assert [function["name"] for function in declared] == ["search", "deal"]
    assert written["tool_config"] == {"function_calling_config": {"mode": "ANY"}}

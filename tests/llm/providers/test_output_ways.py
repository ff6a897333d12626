"""One JSON object, asked for in the way that the model takes."""

from typing import Any

import pytest

from app.llm import (
    ChainExhausted,
    LLMClient,
    Message,
    ModelRef,
    OutputSchema,
    Role,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import ask

TURN = OutputSchema(
    "seller_turn",
    {
        "type": "object",
        "properties": {
            "message": {"type": "string"},
            "offer": {"anyOf": [{"$ref": "#/$defs/Terms"}, {"type": "null"}], "default": None},
        },
        "required": ["message"],
        "$defs": {"Terms": {"type": "object", "properties": {"price": {"type": "number"}}}},
    },
)


@pytest.fixture
def upstream(upstream: FakeOpenAI) -> FakeOpenAI:
    upstream.reply = lambda body: {"message": "Deal."}
    return upstream


def ways(upstream: FakeOpenAI) -> list[str]:
    def way(body: dict[str, Any]) -> str:
        return next((field for field in ("response_format", "tools") if field in body), "words")

    return [way(body) for body in upstream.calls]


async def test_response_format(client: LLMClient, upstream: FakeOpenAI) -> None:
    completion = await client.complete(ask(output=TURN))

    assert completion.output == '{"message": "Deal."}'
    (body,) = upstream.calls
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "seller_turn",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {
                    "message": {"type": "string"},
                    "offer": {"anyOf": [{"$ref": "#/$defs/Terms"}, {"type": "null"}]},
                },
                "required": ["message", "offer"],
                "additionalProperties": False,
                "$defs": {
                    "Terms": {
                        "type": "object",
                        "properties": {"price": {"type": "number"}},
                        "required": ["price"],
                        "additionalProperties": False,
                    }
                },
            },
        },
    }


async def test_tool_call_where_response_format_is_refused(
    client: LLMClient, upstream: FakeOpenAI
) -> None:
    completion = await client.complete(ask("no-response-format", output=TURN))

    assert completion.output == '{"message": "Deal."}'
    assert len(completion.attempts) == 1
    assert ways(upstream) == ["response_format", "tools"]
    assert upstream.calls[-1]["tool_choice"] == {
        "type": "function",
        "function": {"name": "seller_turn"},
    }


async def test_words_where_tools_are_refused_too(client: LLMClient, upstream: FakeOpenAI) -> None:
    completion = await client.complete(ask("no-response-format-nor-tools", output=TURN))

    assert completion.output == '{"message": "Deal."}'
    assert ways(upstream) == ["response_format", "tools", "words"]
    system, user = upstream.calls[-1]["messages"]
    assert system["content"].startswith("Be brief.\n\n")
    assert "seller_turn" in system["content"]
    assert user["content"] == "Say hello."


async def test_words_without_a_system_message(client: LLMClient, upstream: FakeOpenAI) -> None:
    hello = (Message(Role.USER, "Say hello."),)
    await client.complete(ask("no-response-format-nor-tools", output=TURN, messages=hello))

    assert [message["role"] for message in upstream.calls[-1]["messages"]] == ["system", "user"]


async def test_what_was_refused_is_remembered(client: LLMClient, upstream: FakeOpenAI) -> None:
    for _ in range(2):
        await client.complete(ask("no-response-format-nor-tools", output=TURN))

    assert ways(upstream) == ["response_format", "tools", "words", "words"]


async def test_it_is_remembered_for_that_model_alone(
    client: LLMClient, upstream: FakeOpenAI
) -> None:
    await client.complete(ask("no-response-format", output=TURN))
    await client.complete(ask("ok", output=TURN))

    assert ways(upstream) == ["response_format", "tools", "response_format"]


@pytest.mark.parametrize("model", ["status-400", "status-401", "status-500"])
async def test_another_refusal_changes_nothing(
    client: LLMClient, upstream: FakeOpenAI, model: str
) -> None:
    with pytest.raises(ChainExhausted):
        await client.complete(ask(model, output=TURN))

    assert ways(upstream) == ["response_format"]


async def test_prose_needs_no_way(client: LLMClient, upstream: FakeOpenAI) -> None:
    upstream.reply = lambda body: "Fine."
    await client.complete(ask("no-response-format-nor-tools"))

    assert ways(upstream) == ["words"]


@pytest.mark.parametrize(
    ("ref", "way"),
    [
        (ModelRef("openrouter", "anthropic/claude-3.5-haiku"), "tools"),
        (ModelRef("openrouter", "some/unknown-model"), "response_format"),
        (ModelRef("ollama", "llama3.2:3b"), "response_format"),
        (ModelRef("openai", "gpt-5-mini"), "response_format"),
    ],
)
async def test_by_the_models_profile(
    connect_all: LLMClient, upstream: FakeOpenAI, ref: ModelRef, way: str
) -> None:
    completion = await connect_all.complete(ask(ref, output=TURN))

    assert completion.output == '{"message": "Deal."}'
    assert ways(upstream) == [way]


async def test_reasoning_models_of_openai_have_fields_of_their_own(
    connect_all: LLMClient, upstream: FakeOpenAI
) -> None:
    ref = ModelRef("openai", "gpt-5-mini")
    await connect_all.complete(ask(ref, temperature=0.7, max_tokens=500))

    (body,) = upstream.calls
    assert body["max_completion_tokens"] == 500
    assert "max_tokens" not in body
    assert "temperature" not in body


async def test_openrouter_learns_who_asks(connect_all: LLMClient, upstream: FakeOpenAI) -> None:
    await connect_all.complete(ask(ModelRef("openrouter", "m")))

    headers = upstream.requests[0].headers
    assert headers["x-openrouter-title"] == "Parley"
    assert headers["http-referer"] == "http://localhost:8000"

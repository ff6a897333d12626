"""What goes over the OpenAI wire, from a neutral request and from a caller's own body."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    PROVIDERS,
    ImagePart,
    Message,
    ModelRef,
    ModelRequest,
    NoModelFits,
    OutputSchema,
    Role,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
)
from app.llm.catalogue.traits import OutputWay, Traits, traits_of
from app.llm.providers._openai_request import chat_body, embeddings_body
from tests.llm.conftest import ask

GPT = ModelRef("openai", "gpt-4.1")
WEATHER = Tool("weather", "Tells the weather.", {"type": "object", "properties": {}})
TURN = OutputSchema("turn", {"type": "object", "properties": {"text": {"type": "string"}}})


def sent(
    request: ModelRequest,
    ref: ModelRef = GPT,
    way: OutputWay | None = None,
) -> dict[str, Any]:
    row = PROVIDERS[ref.provider]
    return chat_body(request, ref.model, row=row, traits=traits_of(ref), way=way)


def relayed(body: dict[str, Any], ref: ModelRef = GPT) -> dict[str, Any]:
    return sent(replace(ask(ref), body=body), ref)


def conversation(*messages: Message) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sent(ask(messages=messages))["messages"]
    return found


class TestNeutral:
    def test_the_least(self) -> None:
        assert sent(ask()) == {
            "model": "gpt-4.1",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Say hello."},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    def test_parameters(self) -> None:
        body = sent(ask(temperature=0.0, top_p=0.9, max_tokens=5, stop=("END",)))

        fields = ("temperature", "top_p", "max_tokens", "stop")
        assert [body[field] for field in fields] == [0.0, 0.9, 5, ["END"]]

    @pytest.mark.parametrize(
        ("choice", "expected"),
        [
            (ToolChoice("auto"), "auto"),
            (ToolChoice("none"), "none"),
            (ToolChoice("required"), "required"),
            (
                ToolChoice("function", "weather"),
                {"type": "function", "function": {"name": "weather"}},
            ),
        ],
    )
    def test_tools(self, choice: ToolChoice, expected: object) -> None:
        body = sent(ask(tools=(WEATHER,), tool_choice=choice))

        assert body["tools"] == [
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "description": "Tells the weather.",
                    "parameters": {"type": "object", "properties": {}},
                },
            }
        ]
        assert body["tool_choice"] == expected

    def test_without_tools_there_is_nothing_to_choose(self) -> None:
        assert "tool_choice" not in sent(ask(tool_choice=ToolChoice("auto")))

    def test_a_tool_call_and_its_result(self) -> None:
        call = ToolCall("call_1", "weather", '{"in": "Oslo"}')
        said = conversation(
            Message(Role.ASSISTANT, "", tool_calls=(call,)),
            Message(Role.TOOL, "Rain.", tool_call_id="call_1"),
        )

        assert said == [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"in": "Oslo"}'},
                    }
                ],
            },
            {"role": "tool", "content": "Rain.", "tool_call_id": "call_1"},
        ]

    def test_pictures(self) -> None:
        parts = (TextPart("What is it?"), ImagePart("data:image/png;base64,AA=="))
        (said,) = conversation(Message(Role.USER, "What is it?", parts))

        assert said["content"] == [
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
        ]

    def test_text_in_parts_goes_as_text(self) -> None:
        (said,) = conversation(Message(Role.USER, "a\nb", (TextPart("a"), TextPart("b"))))

        assert said["content"] == "a\nb"

    def test_an_answer_by_tool_call_beside_other_tools(self) -> None:
        body = sent(ask(tools=(WEATHER,), output=TURN), way=OutputWay.TOOL_CALL)

        assert [tool["function"]["name"] for tool in body["tools"]] == ["weather", "turn"]
        assert body["tool_choice"] == "required"

    def test_reasoning_models_of_openai(self) -> None:
        ref = ModelRef("openai", "gpt-5-mini")
        body = sent(ask(ref, temperature=0.5, top_p=0.5, stop=("x",), max_tokens=9), ref)

        assert body["max_completion_tokens"] == 9
        assert not {"max_tokens", "temperature", "top_p", "stop"} & set(body)

    def test_openrouter_may_only_take_vendors_that_know_the_format(self) -> None:
        ref = ModelRef("openrouter", "some/model")
        request = ask(ref, output=TURN)

        asked = sent(request, ref, OutputWay.RESPONSE_FORMAT)
        assert asked["provider"] == {"require_parameters": True}
        assert "provider" not in sent(request, ref, OutputWay.FENCED)
        assert "provider" not in sent(ask(ref), ref)


class TestClaudesCache:
    REF = ModelRef("openrouter", "anthropic/claude-sonnet-4.5")
    LONG = "word " * 2000

    def marked(self, *messages: Message, ref: ModelRef = REF) -> list[bool]:
        said = sent(ask(ref, messages=messages), ref)["messages"]
        return ["cache_control" in str(message) for message in said]

    def test_system_text_and_last_turn(self) -> None:
        said = sent(
            ask(
                self.REF,
                messages=(
                    Message(Role.SYSTEM, self.LONG),
                    Message(Role.USER, "One."),
                    Message(Role.ASSISTANT, "Two."),
                    Message(Role.USER, "Three."),
                ),
            ),
            self.REF,
        )["messages"]

        assert said[0]["content"] == [
            {"type": "text", "text": self.LONG, "cache_control": {"type": "ephemeral"}}
        ]
        assert [message["content"] for message in said[1:3]] == ["One.", "Two."]
        assert said[3]["content"][0]["cache_control"] == {"type": "ephemeral"}

    def test_instructions_for_output_come_after_the_mark(self) -> None:
        request = ask(self.REF, messages=(Message(Role.SYSTEM, self.LONG),), output=TURN)
        (said,) = sent(request, self.REF, OutputWay.FENCED)["messages"]

        assert ["cache_control" in part for part in said["content"]] == [True, False]

    def test_short_prompts_are_left_alone(self) -> None:
        assert self.marked(Message(Role.SYSTEM, "Short."), Message(Role.USER, "Hi.")) == [False] * 2

    def test_other_models_need_no_marks(self) -> None:
        ref = ModelRef("openrouter", "openai/gpt-5")
        assert self.marked(Message(Role.USER, self.LONG), ref=ref) == [False]


class TestRelayed:
    BODY: ClassVar[dict[str, Any]] = {
        "model": "whatever",
        "messages": [{"role": "user", "content": "Hi.", "name": "eve"}],
        "seed": 7,
        "x_new": {"a": 1},
    }

    def test_it_goes_on_as_it_is_under_the_models_name(self) -> None:
        assert relayed(self.BODY) == self.BODY | {"model": "gpt-4.1"}

    def test_the_callers_body_stays_the_callers(self) -> None:
        body = self.BODY | {"stream": True, "stream_options": {"include_obfuscation": False}}
        before = repr(body)
        relayed(body, ModelRef("mistral", "m"))
        relayed(body)

        assert repr(body) == before

    def test_a_stream_is_asked_for_its_tokens(self) -> None:
        options = {"include_usage": False, "include_obfuscation": False}
        body = relayed(self.BODY | {"stream": True, "stream_options": options})

        assert body["stream_options"] == {"include_usage": True, "include_obfuscation": False}
        assert relayed(self.BODY | {"stream": True, "stream_options": None})["stream_options"] == {
            "include_usage": True
        }
        assert "stream_options" not in relayed(self.BODY | {"stream": False})

    def test_openrouters_own_fields_pass(self) -> None:
        own = {
            "provider": {"order": ["Together"], "allow_fallbacks": False},
            "reasoning": {"effort": "high"},
            "usage": {"include": True},
            "transforms": ["middle-out"],
        }
        ref = ModelRef("openrouter", "meta-llama/llama-3.1-8b-instruct:nitro")
        body = relayed(self.BODY | own, ref)

        assert {name: body[name] for name in own} == own
        assert body["model"] == "meta-llama/llama-3.1-8b-instruct:nitro"

    def test_what_the_vendor_calls_otherwise(self) -> None:
        body = relayed(self.BODY | {"max_completion_tokens": 9}, ModelRef("mistral", "m"))

        assert (body["max_tokens"], body["random_seed"]) == (9, 7)
        assert not {"max_completion_tokens", "seed"} & set(body)

    def test_a_field_in_both_spellings_keeps_the_vendors_own(self) -> None:
        body = {"max_tokens": 1, "max_completion_tokens": 2}
        assert relayed(self.BODY | body, ModelRef("groq", "m")) | body == relayed(
            self.BODY | body, ModelRef("groq", "m")
        )
        assert relayed(self.BODY | body, ModelRef("mistral", "m"))["max_tokens"] == 1

    def test_null_under_the_vendors_own_name_lifts_no_limit(self) -> None:
        body = {"max_tokens": None, "max_completion_tokens": 5}

        assert relayed(self.BODY | body, ModelRef("lm_studio", "m"))["max_tokens"] == 5

    def test_what_mistral_would_refuse(self) -> None:
        call = {"id": "call_abc123", "type": "function", "function": {"name": "f"}}
        messages = [
            {"role": "assistant", "content": None, "reasoning": "Hm.", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_abc123", "content": "1"},
        ]
        body = relayed(
            {"messages": messages, "user": "u", "stream": True, "stream_options": {}, "top_p": 1},
            ModelRef("mistral", "m"),
        )

        assert set(body) == {"model", "messages", "stream", "top_p"}
        asked, told = body["messages"]
        assert "reasoning" not in asked
        (short,) = asked["tool_calls"]
        assert short["id"] == told["tool_call_id"]
        assert short["id"].isalnum()
        assert len(short["id"]) == 9

    def test_ids_of_mistrals_own_stay(self) -> None:
        messages = [{"role": "tool", "tool_call_id": "D681PevKs", "content": "1"}]
        body = relayed({"messages": messages}, ModelRef("mistral", "m"))

        assert body["messages"] == messages

    @pytest.mark.parametrize("messages", [None, "text", [1, None], [{"tool_calls": [3]}]])
    def test_nonsense_is_left_for_the_vendor_to_refuse(self, messages: object) -> None:
        assert relayed({"messages": messages}, ModelRef("mistral", "m"))["messages"] == messages

    @given(
        st.dictionaries(
            st.text(max_size=8).map(lambda name: f"x_{name}"),
            st.none() | st.booleans() | st.integers() | st.text(),
        ),
        st.sampled_from(sorted(PROVIDERS)),
    )
    def test_unknown_fields_pass_everywhere(self, body: dict[str, Any], provider: str) -> None:
        assert relayed(body, ModelRef(provider, "m")) == body | {"model": "m"}


class TestEmbeddings:
    def test_neutral(self) -> None:
        body = embeddings_body(ask(inputs=("a", "b"), messages=()), "m", row=PROVIDERS["openai"])

        assert body == {"model": "m", "input": ["a", "b"]}

    def test_relayed(self) -> None:
        request = ask(body={"model": "x", "input": "a", "dimensions": 3}, messages=())

        body = embeddings_body(request, "m", row=PROVIDERS["ollama"])
        assert body == {"model": "m", "input": "a", "dimensions": 3}

    def test_not_everybody_makes_vectors(self) -> None:
        with pytest.raises(NoModelFits, match="Groq has no vectors of texts"):
            embeddings_body(ask(inputs=("a",)), "m", row=PROVIDERS["groq"])


def test_traits_leave_the_relay_alone() -> None:
    """A caller who names a model and a parameter it doesn't take is told so by the vendor."""
    ref = ModelRef("openai", "o3")
    assert relayed({"temperature": 0.3, "max_tokens": 5}, ref) == {
        "model": "o3",
        "temperature": 0.3,
        "max_completion_tokens": 5,
    }
    assert traits_of(ref) != Traits()

"""Neutral events on the OpenAI wire, read back by OpenAI's own types."""

import json
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from app.compat.openai.answer import Chunks, Whole, usage_object
from app.llm import (
    CallContext,
    ModelEvent,
    ModelRef,
    ModelRequest,
    NullLedger,
    OpenCall,
    OutputSchema,
    Task,
    TextDelta,
    ThinkingDelta,
    Tool,
    ToolCallDelta,
    Usage,
)
from app.llm.call import Call
from app.llm.model import Answer

WEATHER = Tool("weather", "", {"type": "object"})
USAGE = Usage(prompt_tokens=7, completion_tokens=5, cached_tokens=2, reasoning_tokens=1)


def opened(**fields: Any) -> OpenCall:
    request = ModelRequest(Task.CHAT, (), CallContext("default"), **fields)
    call = Call(request, created_at=datetime(2026, 1, 31, tzinfo=UTC))
    call.begin_attempt(ModelRef("anthropic", "claude"))
    call.hear(TextDelta("x"))
    return OpenCall(call, Answer(call, (), _nothing()), NullLedger())


async def _nothing() -> AsyncGenerator[ModelEvent, None]:
    nothing: tuple[ModelEvent, ...] = ()
    for event in nothing:
        yield event


def streamed(events: Sequence[ModelEvent], **fields: Any) -> list[ChatCompletionChunk]:
    chunks = Chunks(opened(**fields))
    sent = [*map(chunks.of, events), chunks.finish("stop"), chunks.usage(usage_object(USAGE))]
    frames = b"".join(sent).decode().split("\n\n")[:-1]
    return [
        ChatCompletionChunk.model_validate(json.loads(frame.removeprefix("data: ")))
        for frame in frames
    ]


def whole(events: Sequence[ModelEvent], **fields: Any) -> ChatCompletion:
    put = Whole(opened(**fields))
    for event in events:
        put.take(event)
    return ChatCompletion.model_validate_json(put.body("stop", USAGE))


texts = st.builds(TextDelta, st.text(min_size=1))
thoughts = st.builds(ThinkingDelta, st.text("abc", min_size=1))


@given(events=st.lists(st.one_of(texts, thoughts), min_size=1))
def test_a_stream_adds_up_to_the_whole(events: list[ModelEvent]) -> None:
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    chunks = streamed(events)

    heard = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert heard == said == whole(events).choices[0].message.content


def test_the_order_of_a_stream() -> None:
    first, one, two, end, usage = streamed([TextDelta("Hel"), TextDelta("lo")])

    assert first.choices[0].delta.role == "assistant"
    assert [one.choices[0].delta.content, two.choices[0].delta.content] == ["Hel", "lo"]
    assert end.choices[0].finish_reason == "stop"
    assert usage.choices == []
    assert len({chunk.id for chunk in (first, one, two, end, usage)}) == 1
    assert {chunk.model for chunk in (first, usage)} == {"claude"}


def test_tokens_are_counted_as_openai_counts_them() -> None:
    usage = whole([TextDelta("x")]).usage

    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (7, 5, 12)
    assert usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 2
    assert usage.completion_tokens_details is not None
    assert usage.completion_tokens_details.reasoning_tokens == 1


CALLS: list[ModelEvent] = [
    TextDelta("Let me see."),
    ToolCallDelta(0, "weather", "", "call_a"),
    ToolCallDelta(0, "", '{"place":'),
    ToolCallDelta(0, "", '"Bonn"}'),
    ToolCallDelta(1, "weather", '{"place":"Köln"}', "call_b"),
]


def test_tool_calls_whole() -> None:
    [choice] = whole(CALLS, tools=(WEATHER,)).choices

    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "Let me see."
    found = [
        (call.id, call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or []
        if call.type == "function"
    ]
    assert found == [
        ("call_a", "weather", '{"place":"Bonn"}'),
        ("call_b", "weather", '{"place":"Köln"}'),
    ]


def test_tool_calls_streamed() -> None:
    chunks = streamed(CALLS, tools=(WEATHER,))
    deltas = [d for c in chunks if c.choices for d in c.choices[0].delta.tool_calls or []]

    assert [(d.index, d.id) for d in deltas if d.id] == [(0, "call_a"), (1, "call_b")]
    arguments = "".join(
        d.function.arguments or "" for d in deltas if d.index == 0 and d.function is not None
    )
    assert arguments == '{"place":"Bonn"}'
    assert chunks[-2].choices[0].finish_reason == "tool_calls"


def test_output_that_a_model_gives_by_a_tool_is_the_callers_text() -> None:
    output = OutputSchema("answer", {"type": "object"})
    events: list[ModelEvent] = [
        ToolCallDelta(0, "answer", '{"a":', "call_a"),
        ToolCallDelta(0, "", "1}"),
    ]
    [choice] = whole(events, output=output).choices
    chunks = streamed(events, output=output)

    assert choice.message.content == '{"a":1}'
    assert choice.finish_reason == "stop"
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == '{"a":1}'


def test_usage_beside_a_vendors_own_frames_goes_by_their_id() -> None:
    chunks = Chunks(opened())
    chunks.follow(b': hello\n\ndata: {"id":"v1","created":5,"model":"gpt","choices":[]}\n\n')
    frame = json.loads(chunks.usage(usage_object(USAGE)).removeprefix(b"data: "))

    assert (frame["id"], frame["created"], frame["model"]) == ("v1", 5, "gpt")


def test_a_frame_that_is_none_is_not_followed() -> None:
    chunks = Chunks(opened())
    chunks.follow(b"data: {\n\n")
    chunks.follow(b"data: [1]\n\n")

    assert b"chatcmpl-" in chunks.usage(usage_object(USAGE))

"""A generation's log on the AI SDK's wire, held against the rules of its client."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.events import (
    Broke,
    ChatEvent,
    Counted,
    Finished,
    NoticeCode,
    Noticed,
    Said,
    Started,
    Thought,
    ToolCalled,
)
from app.compat.ai_sdk.encoder import DONE, Encoder, farewell
from app.compat.ai_sdk.steps import Step, as_read, failure_as_read, output_chunk
from tests.compat.ai_sdk.heard import Chunk, chunks_of, said, types

IDS = (UUID(int=1), UUID(int=2), UUID(int=3))
STARTED = Started(*IDS, model="openai:gpt")
USAGE = Counted(120, 8, Decimal("0.00031"), 40)
DONE_EVENT = Finished(IDS[2], "stop")

KNOWN_TO_VERSION_6 = {
    "start", "start-step", "text-start", "text-delta", "text-end", "reasoning-start",
    "reasoning-delta", "reasoning-end", "tool-input-available", "tool-input-error",
    "tool-output-available", "tool-output-error", "data-notice", "message-metadata",
    "finish-step", "finish", "error", "abort",
}  # fmt: skip

texts = st.text(min_size=1, max_size=20)
calls = st.builds(ToolCalled, texts, texts, st.one_of(texts, st.just('{"city": "Graz"}')))
middles = st.lists(
    st.one_of(
        st.builds(Said, texts),
        st.builds(Thought, texts),
        calls,
        st.builds(Noticed, st.sampled_from(NoticeCode), texts),
        st.just(USAGE),
    ),
    max_size=30,
)
endings = st.one_of(
    st.sampled_from(("stop", "length", "content_filter", "tool_calls", "stopped", "odd")).map(
        lambda reason: Finished(IDS[2], reason)
    ),
    st.builds(Broke, texts, texts, st.booleans()),
)
logs = st.builds(lambda middle, end: [STARTED, *middle, end], middles, endings)


def encoded(events: Sequence[ChatEvent], **options: object) -> list[Chunk]:
    return chunks_of(Encoder(**options).encode(events))  # type: ignore[arg-type]


@given(logs)
def test_every_log_is_a_stream_that_version_6_takes(events: list[ChatEvent]) -> None:
    chunks = encoded(events)
    open_parts: set[tuple[str, str]] = set()
    for chunk in chunks:
        kind, _, step = chunk["type"].partition("-")
        part = (kind, chunk.get("id", ""))
        if kind in ("text", "reasoning"):
            if step == "start":
                assert not open_parts
                open_parts.add(part)
            else:
                assert part in open_parts
            if step == "end":
                open_parts.remove(part)
    assert not open_parts
    assert set(types(chunks)) <= KNOWN_TO_VERSION_6
    assert types(chunks)[:2] == ["start", "start-step"]
    assert [kind for kind in types(chunks) if kind in ("finish", "error", "abort")] == [
        types(chunks)[-1]
    ]


@given(logs)
def test_nothing_that_was_said_is_lost_or_doubled(events: list[ChatEvent]) -> None:
    chunks = encoded(events)
    assert said(chunks) == "".join(e.content for e in events if isinstance(e, Said))
    assert said(chunks, "reasoning") == "".join(e.content for e in events if isinstance(e, Thought))
    assert [c["toolCallId"] for c in chunks if c["type"].startswith("tool-")] == [
        e.id for e in events if isinstance(e, ToolCalled)
    ]


@given(logs, st.integers(min_value=0, max_value=32))
def test_how_the_log_comes_in_makes_no_difference(events: list[ChatEvent], place: int) -> None:
    encoder = Encoder()
    halves = encoder.encode(events[:place]) + encoder.encode(events[place:])
    assert halves == Encoder().encode(events)


@given(logs, st.integers(min_value=0, max_value=32))
def test_a_log_that_cannot_be_followed_ends_with_an_error(
    events: list[ChatEvent], place: int
) -> None:
    encoder = Encoder()
    chunks = chunks_of(encoder.encode(events[: min(place, len(events) - 1)]) + encoder.cut("gone"))
    assert chunks[-1] == {"type": "error", "errorText": "gone"}
    assert types(chunks).count("text-start") == types(chunks).count("text-end")


def test_the_servers_own_end_is_an_error_too() -> None:
    assert chunks_of(farewell("closing")) == [{"type": "error", "errorText": "closing"}]


def test_after_the_end_nothing_is_cut() -> None:
    encoder = Encoder()
    assert encoder.encode([STARTED, DONE_EVENT]).endswith(DONE)
    assert encoder.cut("gone") == b""


def test_the_start_tells_which_answer_it_is() -> None:
    start = encoded([STARTED, DONE_EVENT])[0]
    assert start == {
        "type": "start",
        "messageId": str(IDS[2]),
        "messageMetadata": {
            "conversationId": str(IDS[0]),
            "generationId": str(IDS[1]),
            "messageId": str(IDS[2]),
            "model": "openai:gpt",
        },
    }


def test_usage_is_metadata_in_the_words_of_the_ai_sdk() -> None:
    [told] = [c for c in encoded([STARTED, USAGE, DONE_EVENT]) if c["type"] == "message-metadata"]
    assert told["messageMetadata"]["usage"] == {
        "inputTokens": 120,
        "outputTokens": 8,
        "totalTokens": 128,
        "savedTokens": 40,
        "costUsd": 0.00031,
    }


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content-filter"),
        ("tool_calls", "tool-calls"),
        ("pause_turn", "other"),
    ],
)
def test_why_it_ended(reason: str, told: str) -> None:
    assert encoded([STARTED, Finished(IDS[2], reason)])[-1] == {
        "type": "finish",
        "finishReason": told,
    }


def test_a_stopped_answer_is_aborted() -> None:
    chunks = encoded([STARTED, Said("Hel"), Finished(IDS[2], "stopped")])
    assert chunks[-1] == {"type": "abort", "reason": "stopped"}
    assert said(chunks) == "Hel"


def test_a_notice_does_not_interrupt_a_text() -> None:
    notice = Noticed(NoticeCode.FALLBACK, "openai:gpt is busy; spare:small answers")
    chunks = encoded([STARTED, Said("Hel"), notice, Said("lo"), DONE_EVENT])
    assert types(chunks)[2:7] == [
        "text-start", "text-delta", "data-notice", "text-delta", "text-end",
    ]  # fmt: skip
    assert chunks[4] == {
        "type": "data-notice",
        "data": {"code": "FALLBACK", "message": notice.message},
        "transient": True,
    }


class TestToolCalls:
    def test_a_call_of_the_pages_own_tool_is_static(self) -> None:
        call = ToolCalled("call_1", "weather", '{"city": "Graz"}')
        chunks = encoded([STARTED, call, DONE_EVENT], declared=("weather",))
        assert chunks[2] == {
            "type": "tool-input-available",
            "toolCallId": "call_1",
            "toolName": "weather",
            "input": {"city": "Graz"},
        }

    def test_a_call_of_any_other_tool_is_dynamic(self) -> None:
        call = ToolCalled("call_1", "launch", "")
        chunks = encoded([STARTED, call, DONE_EVENT], declared=("weather",))
        assert (chunks[2]["dynamic"], chunks[2]["input"]) == (True, {})

    def test_arguments_that_are_not_json_are_told_as_an_error(self) -> None:
        chunks = encoded([STARTED, ToolCalled("call_1", "weather", '{"city'), DONE_EVENT])
        assert (chunks[2]["type"], chunks[2]["input"]) == ("tool-input-error", '{"city')
        assert "weather" in chunks[2]["errorText"]


class TestAnAnswerThatGoesOn:
    STEP = Step(
        "Where?", "I'll look.", [{"id": "c1", "name": "weather", "arguments": "{}"}], {"c1": "12 °"}
    )

    def test_it_keeps_the_name_that_the_client_has_for_the_message(self) -> None:
        start = encoded([STARTED, DONE_EVENT], message_id="first")[0]
        assert start["messageId"] == "first"
        assert start["messageMetadata"]["messageId"] == str(IDS[2])

    def test_earlier_steps_come_first(self) -> None:
        chunks = encoded([STARTED, Said("Cold."), DONE_EVENT], earlier=[self.STEP])
        assert types(chunks) == [
            "start",
            "start-step", "reasoning-start", "reasoning-delta", "reasoning-end",
            "text-start", "text-delta", "text-end",
            "tool-input-available", "tool-output-available", "finish-step",
            "start-step", "text-start", "text-delta", "text-end", "finish-step",
            "finish",
        ]  # fmt: skip
        assert said(chunks) == "I'll look.Cold."


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(json_values.filter(lambda value: not (isinstance(value, dict) and list(value) == ["error"])))
def test_a_tools_output_comes_back_as_it_was(output: object) -> None:
    assert output_chunk("c1", as_read(output)) == {
        "type": "tool-output-available",
        "toolCallId": "c1",
        "output": output,
    }


def test_a_tools_failure_comes_back_as_one() -> None:
    assert output_chunk("c1", failure_as_read("no such city")) == {
        "type": "tool-output-error",
        "toolCallId": "c1",
        "errorText": "no such city",
    }

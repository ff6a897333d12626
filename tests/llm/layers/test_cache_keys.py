"""What makes two requests the same, and how much memory keeps."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    CallContext,
    Complexity,
    End,
    Finding,
    ImagePart,
    Message,
    ModelEvent,
    ModelRef,
    ModelRequest,
    Order,
    OutputSchema,
    Recording,
    Role,
    Task,
    TextDelta,
    TextPart,
    ThinkingDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolChoice,
    Usage,
    UsageReport,
    Vectors,
    WireChunk,
    Wishes,
)
from app.llm.cache.key import cache_key
from app.llm.cache.memory import RecentAnswers
from app.llm.cache.recording import complete
from tests.llm.conftest import ask

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MODEL = ModelRef("openrouter", "openai/gpt-5-mini")
BODY = {"model": "auto", "messages": [{"role": "user", "content": "Hi."}], "stream": True}

CHANGED: dict[str, Any] = {
    "task": Task.CHAT,
    "messages": (Message(Role.USER, "Another."),),
    "context": CallContext("another"),
    "model": ModelRef("lm_studio", "another"),
    "temperature": 0.1,
    "max_tokens": 5,
    "output": OutputSchema("turn", {"type": "object"}),
    "top_p": 0.5,
    "stop": ("END",),
    "tools": (Tool("look", "Looks.", {"type": "object"}),),
    "tool_choice": ToolChoice("none"),
    "answers": 2,
    "wishes": Wishes(models=("auto",)),
    "findings": (Finding("a page", "a fact"),),
    "inputs": ("a text",),
    "body": BODY,
}
WISHES: dict[str, Any] = {
    "models": ("profile:chat",),
    "profile": "coding_agent",
    "complexity": Complexity.COMPLEX,
    "free_only": True,
    "max_price": Decimal("0.5"),
    "order": Order.COST,
    "compress": ("whitespace",),
    "beyond": True,
    "unhurried": True,
}
MESSAGES = [
    Message(Role.ASSISTANT, "Hi."),
    Message(Role.USER, "Hi. "),
    Message(Role.USER, "Hi.", parts=(TextPart("Hi."),)),
    Message(Role.USER, "Hi.", parts=(ImagePart("Hi."),)),
    Message(Role.USER, "Hi.", tool_calls=(ToolCall("1", "look", "{}"),)),
    Message(Role.USER, "Hi.", tool_call_id="1"),
]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
BODIES = st.dictionaries(st.text(min_size=1, max_size=8), JSON, max_size=6)


def backwards(value: Any) -> Any:
    """The same value, its keys put in from the last to the first."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(part) for part in value] if isinstance(value, list) else value


@given(body=BODIES)
def test_the_order_of_keys_does_not_matter(body: dict[str, Any]) -> None:
    assert cache_key(ask(body=body)) == cache_key(ask(body=backwards(body)))


@given(body=BODIES, name=st.text(min_size=1, max_size=8), one=JSON, other=JSON)
def test_whatever_is_in_a_body_counts(
    body: dict[str, Any], name: str, one: Any, other: Any
) -> None:
    name = f"x_{name}"
    same = cache_key(ask(body={**body, name: one})) == cache_key(ask(body={**body, name: other}))
    assert same == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


@pytest.mark.parametrize("name", [f.name for f in fields(ModelRequest) if f.name != "elastic"])
def test_every_field_counts(name: str) -> None:
    assert cache_key(ask(**{name: CHANGED[name]})) != cache_key(ask())


@pytest.mark.parametrize("name", [f.name for f in fields(Wishes) if f.name != "cache"])
def test_every_wish_counts(name: str) -> None:
    wishes = replace(Wishes(), **{name: WISHES[name]})
    assert cache_key(ask(wishes=wishes)) != cache_key(ask())


def test_every_part_of_a_message_counts() -> None:
    keys = {cache_key(ask(messages=(m,))) for m in (Message(Role.USER, "Hi."), *MESSAGES)}
    assert len(keys) == len(MESSAGES) + 1


def test_amounts_count_in_full() -> None:
    prices = (Decimal("0.10000000000000000001"), Decimal("0.1"))
    one, other = (ask(wishes=Wishes(max_price=price)) for price in prices)
    assert cache_key(one) != cache_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"wishes": Wishes(cache=True)}, {"wishes": Wishes()}),
        ({"context": CallContext("t", uuid4())}, {"context": CallContext("t", uuid4())}),
        ({"context": CallContext("t", None, "k1")}, {"context": CallContext("t", None, "k2")}),
        ({"body": BODY | {"stream_options": {"include_usage": True}}}, {"body": BODY}),
    ],
    ids=["wanted", "run", "key", "usage"],
)
def test_what_does_not_count(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert cache_key(ask(**one)) == cache_key(ask(**other))


def test_a_stream_is_another_recording_than_a_whole_body() -> None:
    assert cache_key(ask(body=BODY)) != cache_key(ask(body=BODY | {"stream": False}))


def test_what_has_no_json_form_has_no_key() -> None:
    with pytest.raises(TypeError):
        cache_key(ask(body={"x": object()}))


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
EVENTS: st.SearchStrategy[ModelEvent] = st.one_of(
    st.builds(TextDelta, TEXT),
    st.builds(ThinkingDelta, TEXT),
    st.builds(ToolCallDelta, st.integers(0, 9), TEXT, TEXT, TEXT),
    st.builds(WireChunk, TEXT.map(str.encode), st.integers(0, 99)),
    st.builds(Vectors, st.lists(st.lists(st.floats(-1, 1)).map(tuple)).map(tuple)),
    st.builds(
        UsageReport,
        st.builds(
            Usage,
            *[st.integers(0, 9999)] * 5,
            st.none() | st.decimals(0, 100, places=12),
        ),
    ),
)


@given(events=st.lists(EVENTS))
def test_a_recording_outlives_its_process_unchanged(events: list[ModelEvent]) -> None:
    recording = Recording.of([*events, End("stop", MODEL)], NOW)
    assert Recording.loads(recording.dumps(), NOW) == recording


@pytest.mark.parametrize(
    "event", [TextDelta("\ud800"), WireChunk(b"\xff", 1)], ids=["surrogate", "bytes"]
)
def test_what_is_not_text_cannot_be_written(event: ModelEvent) -> None:
    with pytest.raises((ValueError, TypeError)):
        Recording.of([event], NOW).dumps()


@pytest.mark.parametrize("data", [b"", b"{}1", b'["text"]', b'[["?"]]', b'[["usage", {}]]', b"3"])
def test_what_was_not_written_so_cannot_be_read(data: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Recording.loads(data, NOW)


@pytest.mark.parametrize(
    ("events", "kept"),
    [
        ([TextDelta("Hi."), End("stop", MODEL)], True),
        ([ToolCallDelta(0, "look", "{}"), End("tool_calls", MODEL)], True),
        ([TextDelta("Hi."), End("length", MODEL)], False),
        ([TextDelta("Hi."), End("content_filter", MODEL)], False),
        ([TextDelta("Hi."), End("error", MODEL)], False),
        ([TextDelta("Hi."), End("stop", ModelRef("offline", "offline"))], False),
        ([TextDelta("Hi.")], False),
        ([End("stop", MODEL)], False),
        ([], False),
    ],
)
def test_only_complete_answers_of_models_are_kept(events: list[ModelEvent], *, kept: bool) -> None:
    assert complete(events) is kept


def recording(size: int, seconds: float = 60) -> Recording:
    return Recording((End("stop", MODEL),), NOW + timedelta(seconds=seconds), size)


class TestMemory:
    @given(puts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 80)), max_size=200))
    def test_never_over_its_bytes(self, puts: list[tuple[int, int]]) -> None:
        memory = RecentAnswers(1024, lambda: NOW)
        held: dict[str, int] = {}
        for name, size in puts:
            memory.put(str(name), recording(size))
            held[str(name)] = size
            assert memory.size <= 1024
            assert memory.size == sum(size for key, size in held.items() if memory.get(key))
            assert (memory.get(str(name)) is not None) == (size <= memory.largest)

    def test_the_least_recently_used_goes_first(self) -> None:
        memory = RecentAnswers(16 * 100, lambda: NOW)
        for name in range(16):
            memory.put(str(name), recording(100))
        memory.get("0")
        memory.put("new", recording(100))

        assert memory.get("0") is not None
        assert memory.get("1") is None

    def test_an_answer_past_its_time_is_gone(self) -> None:
        now = NOW
        memory = RecentAnswers(1600, lambda: now)
        memory.put("a", recording(100, seconds=60))
        now = NOW + timedelta(seconds=60)

        assert memory.get("a") is None
        assert (memory.size, len(memory)) == (0, 0)

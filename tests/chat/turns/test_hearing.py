"""How calls of tools are put together, and how answers end."""

import pytest

from app.chat.events import Said, Thought, ToolCalled
from app.chat.turns.hearing import Heard
from app.llm import BadGateway, End, Failed, ModelEvent, ModelRef, TextDelta, ThinkingDelta
from app.llm import ToolCallDelta as Piece

MODEL = ModelRef("lm_studio", "m")


def hear(*events: ModelEvent) -> Heard:
    heard = Heard()
    for event in events:
        heard.take(event)
    return heard


def test_what_is_shown_at_once() -> None:
    heard = Heard()
    assert heard.take(TextDelta("Hi")) == Said("Hi")
    assert heard.take(ThinkingDelta("Hm")) == Thought("Hm")
    assert heard.take(Piece(0, "look", "{}")) is None
    assert heard.take(End("stop", MODEL)) is None


def test_pieces_of_several_calls() -> None:
    heard = hear(
        Piece(1, "b", "{", "id-b"),
        Piece(0, "a", '{"x":', "id-a"),
        Piece(0, "", "1}"),
        Piece(1, "", "}"),
        End("stop", MODEL),
    )
    assert heard.calls == [ToolCalled("id-a", "a", '{"x":1}'), ToolCalled("id-b", "b", "{}")]
    assert heard.finish_reason == "tool_calls"


def test_a_call_without_a_name_of_its_own_gets_one() -> None:
    [called] = hear(Piece(3, "a", "{}"), End("tool_calls", MODEL)).calls
    assert called.id == "call_3"


def test_no_calls_of_what_broke_off_or_has_not_ended() -> None:
    piece = Piece(0, "a", "{")
    assert not hear(piece).calls
    assert not hear(piece, Failed(BadGateway("cut")), End("error", MODEL)).calls


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
        ("eos", "stop"),
    ],
)
def test_why_it_ended(said: str, meant: str) -> None:
    assert hear(TextDelta("Hi"), End(said, MODEL)).finish_reason == meant

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import BadGateway, End, ModelEvent, ModelRef, TextDelta, UsageReport
from app.llm.providers._failures import Failures
from app.llm.providers._openai_answer import StreamReader
from app.llm.providers.registry import PROVIDERS
from tests.fakes.openai_frames import script

REF = ModelRef("openrouter", "m")
BODY = {"model": "m", "stream_options": {"include_usage": True}}
TEXT = "Grüß Gott, naïve 🦊 Welt – 你好!"


def reader() -> StreamReader:
    return StreamReader(REF, Failures(PROVIDERS["openrouter"], "m"))


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(cut % len(data) for cut in cuts), len(data)]
    yield from (data[a:b] for a, b in pairwise(edges) if a < b)


@given(cuts=st.lists(st.integers(0, 10_000)), end=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_any_cutting_of_the_bytes_gives_the_same_events(cuts: list[int], end: bytes) -> None:
    wire = b"".join(script(BODY, TEXT).all_frames()).replace(b"\n", end)
    reading = reader()
    events: list[ModelEvent] = []
    for piece in pieces(wire, cuts):
        events += reading.feed(piece)
    events += reading.close()

    *deltas, usage, last = events
    assert "".join(e.text for e in deltas if isinstance(e, TextDelta)) == TEXT
    assert isinstance(usage, UsageReport)
    assert last == End("stop", REF)


@given(kept=st.integers(0, 10_000))
def test_nothing_short_of_the_end_is_an_answer(kept: int) -> None:
    frames = script(BODY, TEXT).all_frames()
    unfinished = b"".join(frames[:-3])
    reading = reader()
    for _ in reading.feed(unfinished[: kept % len(unfinished)]):
        pass

    with pytest.raises(BadGateway, match="broke off in mid-answer"):
        list(reading.close())


@given(st.binary())
def test_noise_is_a_bad_gateway(noise: bytes) -> None:
    reading = reader()

    def read() -> None:
        list(reading.feed(noise))
        list(reading.close())

    with pytest.raises(BadGateway):
        read()

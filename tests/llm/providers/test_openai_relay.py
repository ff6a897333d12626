"""What goes on to a caller who speaks the OpenAI wire, byte by byte."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    BadGateway,
    End,
    LLMError,
    ModelEvent,
    ModelRef,
    ProviderUnavailable,
    UsageReport,
    WireChunk,
)
from app.llm.providers._failures import Failures
from app.llm.providers._openai_relay import StreamRelay
from app.llm.providers.registry import PROVIDERS
from tests.fakes.openai_frames import frame, script

REF = ModelRef("openrouter", "m")
PLAIN: dict[str, Any] = {"model": "m"}
TEXT = "Grüß Gott, naïve 🦊 Welt – 你好!"
COMMENT = b": OPENROUTER PROCESSING\n\n"
DONE = b"data: [DONE]\n\n"


def relay(answers: int = 1) -> StreamRelay:
    return StreamRelay(REF, Failures(PROVIDERS["openrouter"], "m"), answers)


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(cut % len(data) for cut in cuts), len(data)]
    yield from (data[a:b] for a, b in pairwise(edges) if a < b)


def passed(*network: bytes) -> tuple[bytes, list[ModelEvent]]:
    """The bytes that go on, and the events after them."""
    reading = relay()
    events: list[ModelEvent] = []
    for data in network:
        events += reading.feed(data)
    events += reading.close()
    chunks = [event for event in events if isinstance(event, WireChunk)]
    return b"".join(c.data for c in chunks), [e for e in events if not isinstance(e, WireChunk)]


def until_failure(*network: bytes) -> tuple[bytes, LLMError]:
    reading = relay()
    sent = b""

    def read() -> None:
        nonlocal sent
        for data in network:
            for event in reading.feed(data):
                assert isinstance(event, WireChunk)
                sent += event.data
        list(reading.close())

    with pytest.raises(LLMError) as raised:
        read()
    return sent, raised.value


def chunk(content: str = "hi", **fields: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": None}
    return frame({"id": "x", "choices": [choice]} | fields)


def finish(index: int = 0, reason: str = "stop") -> bytes:
    return frame({"choices": [{"index": index, "delta": {}, "finish_reason": reason}]})


USAGE = frame({"id": "x", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}})


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Answers with everything in them that may have to be read, in any order."""
    nasty = st.sampled_from(
        ['"usage":{', "error", '"error":', "[DONE]", "data: [DONE]", '"finish_reason":"stop"', TEXT]
    )
    said = draw(st.lists(st.one_of(nasty, st.text(max_size=8)), min_size=1, max_size=8))
    frames = [chunk("first")] + [
        draw(
            st.sampled_from(
                [
                    chunk(text),
                    chunk(text, usage=None),
                    frame({"usage": None} | json.loads(chunk(text)[6:])),
                    chunk(text, usage={"prompt_tokens": 9}),
                    b"event: x\nid: 7\n" + chunk(text),
                    b": note\n" + chunk(text),
                    chunk(text)[:-2] + b"\n: note\n\n",
                    chunk(text, separate={"error": None, "usage": None}),
                    chunk(text).replace(b'": ', b'":').replace(b', "', b',"'),
                    chunk(text, usage=None).replace(b'": ', b'":').replace(b', "', b',"'),
                    b"\n" + chunk(text),
                    COMMENT,
                    b": {}\n\n",
                    b"event: ping\n\n",
                ]
            )
        )
        for text in said
    ]
    return b"".join([COMMENT, *frames, finish(), USAGE, DONE])


@given(
    wire=streams(),
    cuts=st.lists(st.integers(0, 100_000)),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_any_cutting_of_the_bytes_passes_the_same_on(
    wire: bytes, cuts: list[int], end: bytes
) -> None:
    whole = passed(wire)
    by_frames = passed(*(part + b"\n\n" for part in wire.split(b"\n\n") if part))
    as_cut = passed(*pieces(wire.replace(b"\n", end) + b"\n", cuts))

    assert whole == by_frames == as_cut


@given(wire=streams(), cuts=st.lists(st.integers(0, 100_000)))
def test_each_chunk_is_made_of_whole_frames(wire: bytes, cuts: list[int]) -> None:
    reading = relay()
    for data in pieces(wire, cuts):
        for event in reading.feed(data):
            assert isinstance(event, WireChunk)
            assert event.data.endswith(b"\n\n")
            assert b"\r" not in event.data
            assert not [line for line in event.data.split(b"\n") if line.startswith(b":")]
            event.data.decode()


@given(st.text())
def test_no_text_is_taken_for_more(text: str) -> None:
    sent, rest = passed(chunk("first"), chunk(text), chunk(f'"{text}"'), finish(), DONE)

    assert sent == chunk("first") + chunk(text) + chunk(f'"{text}"') + finish()
    assert rest == [End("stop", REF)]


def test_bytes_stay_as_they_are() -> None:
    frames = script(PLAIN, TEXT).all_frames()

    assert passed(*frames) == (b"".join(frames[:-1]), [End("stop", REF)])


class TestFirstToken:
    @pytest.mark.parametrize(
        "opening",
        [
            COMMENT,
            script(PLAIN, TEXT).role(),
            chunk(""),
            frame({"choices": []}),
            frame({"choices": [{"delta": {"role": "assistant", "content": None}}]}),
            frame({"prompt_filter_results": []}),
            b"event: ping\n\n",
        ],
    )
    def test_what_says_nothing_is_held_back(self, opening: bytes) -> None:
        reading = relay()
        assert list(reading.feed(opening)) == []
        (first,) = reading.feed(chunk("hi"))

        assert isinstance(first, WireChunk)
        held = b"" if opening.startswith((b":", b"event")) else opening
        assert first.data == held + chunk("hi")

    @pytest.mark.parametrize(
        "delta",
        [
            {"content": "x"},
            {"reasoning": "x"},
            {"reasoning_content": "x"},
            {"refusal": "x"},
            {"role": "assistant", "content": None, "tool_calls": [{"index": 0, "id": "1"}]},
            {"function_call": {"name": "f"}},
            {"audio": {"id": "1"}},
        ],
    )
    def test_what_says_something(self, delta: dict[str, Any]) -> None:
        sent = frame({"choices": [{"index": 0, "delta": delta}]})

        assert [e.data for e in relay().feed(sent) if isinstance(e, WireChunk)] == [sent]

    def test_of_any_choice(self) -> None:
        second = {"choices": [{"index": 1, "delta": {"content": "x"}}]}

        assert len(list(relay(2).feed(frame(second)))) == 1

    def test_an_answer_that_says_nothing(self) -> None:
        sent, error = until_failure(script(PLAIN, "").role(), finish(), DONE)

        assert (sent, type(error)) == (b"", BadGateway)
        assert "answered with nothing" in error.message

    def test_all_tokens_spent(self) -> None:
        _, error = until_failure(finish(reason="length"), DONE)

        assert "spent all of max_tokens" in error.message


class TestUsage:
    def test_is_reported_and_left_out(self) -> None:
        sent, rest = passed(chunk(), finish(), USAGE, DONE)

        assert sent == chunk() + finish()
        usage, end = rest
        assert isinstance(usage, UsageReport)
        assert (usage.usage.prompt_tokens, usage.usage.completion_tokens) == (9, 2)
        assert end == End("stop", REF)

    def test_is_told_once_in_the_vendors_words(self) -> None:
        """Who relays it says it at the end, and a vendor's own figures with it."""
        counted = {"prompt_tokens": 9, "completion_tokens": 2, "cost": 0.25, "of_its_own": 1}
        sent, rest = passed(chunk(), finish(), chunk(usage=counted), DONE)

        assert b'"usage"' not in sent
        assert isinstance(rest[0], UsageReport)
        assert rest[0].told == counted

    @pytest.mark.parametrize(
        "counted",
        [
            {"prompt_tokens": "12", "completion_tokens": None},
            {"prompt_tokens": -5, "completion_tokens": -7},
            {"prompt_tokens": 1e20, "completion_tokens": 3},
            {"prompt_tokens": 1.5, "completion_tokens": 3},
            {},
        ],
    )
    def test_what_cannot_be_a_count_is_none(self, counted: dict[str, Any]) -> None:
        _, rest = passed(chunk(), finish(), chunk(usage=counted), DONE)

        assert rest == [End("stop", REF)]

    @pytest.mark.parametrize("null", [b',"usage":null', b', "usage": null', b', "usage":null'])
    def test_null_is_left_out(self, null: bytes) -> None:
        first = chunk().replace(b"}\n\n", null + b"}\n\n")
        sent, rest = passed(first, first, finish(), DONE)

        assert sent == chunk() + chunk() + finish()
        assert rest == [End("stop", REF)]

    def test_beside_the_last_words(self) -> None:
        """Some vendors have no frame of its own for it."""
        sent, rest = passed(chunk("a"), chunk("b", usage={"prompt_tokens": 3}), DONE)

        assert [json.loads(f[6:]) for f in sent.split(b"\n\n")[:-1]] == [
            json.loads(chunk("a")[6:]),
            json.loads(chunk("b")[6:]),
        ]
        assert isinstance(rest[0], UsageReport)
        assert rest[0].usage.prompt_tokens == 3

    def test_the_last_count_holds(self) -> None:
        counts = [chunk("x", usage={"prompt_tokens": n}) for n in (1, 2, 3)]
        _, rest = passed(*counts, DONE)

        assert isinstance(rest[0], UsageReport)
        assert rest[0].usage.prompt_tokens == 3

    def test_characters_are_guessed_from_the_frames(self) -> None:
        reading = relay()
        words = ["Hello", " there", ", how", " are", " you?"]
        events = [*reading.feed(b"".join(map(chunk, words[:1]))), *reading.feed(chunk(words[1]))]
        events += reading.feed(b"".join(map(chunk, words[2:])))

        assert [e.characters for e in events if isinstance(e, WireChunk)] == [5, 6, 14]


class TestFailures:
    ERROR = frame(
        {
            "error": {"code": 502, "message": "Provider disconnected"},
            "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
        }
    )

    @pytest.mark.parametrize("together", [True, False])
    def test_in_mid_stream(self, together: bool) -> None:
        wire = [chunk("a"), chunk("b"), self.ERROR, chunk("c")]
        sent, error = until_failure(*([b"".join(wire)] if together else wire))

        assert sent == chunk("a") + chunk("b")
        assert type(error) is ProviderUnavailable
        assert "Provider disconnected" in error.message

    def test_without_any_choices(self) -> None:
        sent, error = until_failure(chunk() + frame({"error": {"message": "full"}}))

        assert (sent, type(error)) == (chunk(), BadGateway)
        assert "full" in error.message

    def test_before_the_first_token(self) -> None:
        sent, error = until_failure(script(PLAIN, "").role(), self.ERROR)

        assert (sent, type(error)) == (b"", ProviderUnavailable)

    def test_finished_by_an_error(self) -> None:
        _, error = until_failure(chunk(), finish(reason="error"), DONE)

        assert "broke off with an error" in error.message

    @pytest.mark.parametrize("cut", [b"", b": comment\n\n", b'data: {"choices": [{"delta"'])
    def test_a_cut_stream(self, cut: bytes) -> None:
        sent, error = until_failure(chunk(), chunk(), cut)

        assert sent == chunk() + chunk()
        assert "broke off in mid-answer" in error.message

    @pytest.mark.parametrize("broken", [b'data: {"cho\n\n', b"data: [1]\n\n", b"data: x\n\n"])
    @pytest.mark.parametrize("before", [b"", chunk()])
    def test_a_malformed_frame(self, before: bytes, broken: bytes) -> None:
        sent, error = until_failure(before + broken + chunk())

        assert (sent, type(error)) == (before, BadGateway)
        assert "JSON" in error.message

    def test_a_frame_without_end(self) -> None:
        _, error = until_failure(chunk(), *([b"x" * 1_000_000] * 6))

        assert "more than 5 MB" in error.message

    def test_a_frame_of_five_megabytes_is_let_through(self) -> None:
        large = chunk("x" * 5_000_000)
        sent, _ = passed(*pieces(large + DONE, list(range(0, 5_000_000, 65_536))))

        assert sent == large

    @given(st.binary())
    def test_noise_never_passes_for_an_answer(self, noise: bytes) -> None:
        reading = relay()

        def read() -> None:
            list(reading.feed(noise))
            list(reading.close())

        with pytest.raises(BadGateway):
            read()


class TestEnd:
    def test_finish_reason(self) -> None:
        assert passed(chunk(), finish(reason="length"))[1] == [End("length", REF)]

    def test_done_will_do(self) -> None:
        assert passed(chunk(), DONE) == (chunk(), [End("stop", REF)])

    def test_nothing_after_done_counts(self) -> None:
        assert passed(chunk(), DONE + chunk("more"))[0] == chunk()

    def test_every_choice_has_to_finish(self) -> None:
        reading = relay(2)
        for data in (chunk(), finish(0)):
            list(reading.feed(data))
        assert not reading.complete
        list(reading.feed(finish(1)))
        assert reading.complete

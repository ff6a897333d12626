"""Guesses of tokens are as near as the module says, and get nearer by what providers report."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    CallContext,
    ImagePart,
    Message,
    ModelRef,
    ModelRequest,
    OutputSchema,
    Role,
    Task,
    TextPart,
    TokenCounts,
    Tool,
    ToolCall,
)
from app.llm.tokens import estimate_tokens, most_text_tokens, prompt_tokens, text_tokens
from tests.llm.token_samples import SAMPLES, Sample

BANDS = {
    "prose": ((-1, 6), (-11, 4)),
    "code": ((-12, 5), (-29, -17)),
    "json": ((-18, 25), (-27, -14)),
    "digits": ((-36, 32), (-38, -25)),
    "latin": ((-29, 41), (-40, -9)),
    "cyrillic": ((-37, 51), (-20, -13)),
    "cjk": ((-41, 36), (-43, -4)),
    "other": ((-50, 180), (-56, 11)),
}
"""Percent, for the large vocabularies and for the small one, as the module tells them."""

MODEL = ModelRef("openrouter", "openai/gpt-5-mini")
OTHER = ModelRef("ollama", "llama3.2:3b")


def ask(*contents: str, **fields: Any) -> ModelRequest:
    messages = tuple(Message(Role.USER, content) for content in contents)
    return ModelRequest(Task.CHAT, messages, CallContext("default"), **fields)


@pytest.mark.parametrize("name", SAMPLES)
class TestKnownCounts:
    def test_the_guess_is_as_near_as_we_say(self, name: str) -> None:
        sample: Sample = SAMPLES[name]
        guess = text_tokens(sample.text)
        large, small = BANDS[sample.kind]
        for counted in sample.large:
            assert large[0] - 1 <= 100 * (guess / counted - 1) <= large[1] + 1
        assert small[0] - 1 <= 100 * (guess / sample.small - 1) <= small[1] + 1

    def test_the_upper_guess_is_above_all(self, name: str) -> None:
        sample = SAMPLES[name]
        assert most_text_tokens(sample.text) >= max(*sample.large, sample.small)


class TestTexts:
    @given(st.text(max_size=300))
    def test_no_more_text_has_fewer_tokens(self, text: str) -> None:
        assert 0 <= text_tokens(text) <= text_tokens(text + " and more") <= 5 * len(text) + 10

    @given(st.text(max_size=300))
    def test_the_upper_guess_is_never_below_the_guess(self, text: str) -> None:
        assert text_tokens(text) <= most_text_tokens(text)

    def test_a_long_text_is_guessed_by_a_part_of_it(self) -> None:
        words = Random(1).choices(SAMPLES["English prose"].text.split(), k=20_000)
        parts = [" ".join(words[start : start + 100]) for start in range(0, len(words), 100)]
        whole = sum(map(text_tokens, parts))
        assert text_tokens(" ".join(parts)) == pytest.approx(whole, rel=0.03)

    def test_half_a_character_is_no_reason_to_fail(self) -> None:
        assert text_tokens("half of \ud83d") > 0

    def test_nothing_has_none(self) -> None:
        assert (text_tokens(""), most_text_tokens(""), estimate_tokens(0)) == (0, 0, 0)


class TestPrompts:
    def test_have_all_messages(self) -> None:
        one, two = ask("Hello there, how are you?"), ask("Hello there, how are you?", "And you?")
        assert 0 < prompt_tokens(one) < prompt_tokens(two)

    def test_have_tools_schemas_and_what_was_called(self) -> None:
        plain = prompt_tokens(ask("Hello"))
        schema = {"type": "object", "properties": {"city": {"type": "string"}}}
        called = Message(Role.ASSISTANT, "", tool_calls=(ToolCall("1", "weather", '{"city": 1}'),))
        for request in (
            ask("Hello", tools=(Tool("weather", "Tells the weather.", schema),)),
            ask("Hello", output=OutputSchema("weather", schema)),
            ModelRequest(Task.CHAT, (*ask("Hello").messages, called), CallContext("default")),
        ):
            assert prompt_tokens(request) > plain + 5

    def test_have_pictures(self) -> None:
        parts = (TextPart("What is this?"), ImagePart("data:image/png;base64,AAAA"))
        message = Message(Role.USER, "What is this?", parts=parts)
        request = ModelRequest(Task.CHAT, (message,), CallContext("default"))
        assert 800 <= prompt_tokens(request) < 850
        assert 1700 <= TokenCounts().upper(request) < 1750

    def test_of_an_embedding_are_its_inputs(self) -> None:
        assert prompt_tokens(ask(inputs=("Hello there", "and you"))) >= 4


class TestWhatProvidersReport:
    request = ask(SAMPLES["English prose"].text * 10)

    def test_corrects_the_guess_for_that_model(self) -> None:
        counts = TokenCounts()
        guess = counts.prompt(self.request, MODEL)
        for _ in range(20):
            counts.learn(MODEL, self.request, round(1.3 * guess))
        assert counts.prompt(self.request, MODEL) == pytest.approx(1.3 * guess, rel=0.05)
        assert counts.prompt(self.request, OTHER) == guess

    def test_fades(self) -> None:
        counts = TokenCounts()
        guess = counts.prompt(self.request)
        for counted in (2 * guess, guess):
            for _ in range(400):
                counts.learn(MODEL, self.request, counted)
        assert counts.ratio(MODEL) == pytest.approx(1.0, abs=0.1)

    @given(st.lists(st.integers(0, 10_000_000), max_size=40))
    def test_has_bounds(self, reports: list[int]) -> None:
        counts = TokenCounts()
        for counted in reports:
            counts.learn(MODEL, self.request, counted)
        assert 0.5 <= counts.ratio(MODEL) <= 2.0

    def test_never_lowers_the_upper_guess(self) -> None:
        counts = TokenCounts()
        before = counts.upper(self.request, MODEL)
        for _ in range(20):
            counts.learn(MODEL, self.request, 10)
        assert counts.upper(self.request, MODEL) == before
        for _ in range(20):
            counts.learn(MODEL, self.request, 100 * before)
        assert counts.upper(self.request, MODEL) == pytest.approx(2 * before, abs=2)

    def test_of_a_short_prompt_means_little(self) -> None:
        counts = TokenCounts()
        counts.learn(MODEL, ask("Hi"), 60)  # a template of fifty tokens around it
        assert counts.ratio(MODEL) < 1.15

    def test_of_models_without_end_is_forgotten(self) -> None:
        counts = TokenCounts()
        for number in range(counts.BOUND + 5):
            counts.learn(ModelRef("ollama", str(number)), self.request, 5000)
        assert counts.ratio(ModelRef("ollama", "0")) == 1.0

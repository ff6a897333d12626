import pytest

from app.llm import ModelRef
from app.llm.catalogue.traits import OutputWay, Traits, traits_of


@pytest.mark.parametrize(
    "model",
    [
        ModelRef("openrouter", "no/such-model"),
        ModelRef("lm_studio", "qwen2.5-7b"),
        ModelRef("openai", "gpt-4.1-mini"),
        ModelRef("openai", "gpt-5-chat-latest"),
    ],
)
def test_unknown_models_are_taken_for_able(model: ModelRef) -> None:
    assert traits_of(model) == Traits()
    assert traits_of(model).output_ways[0] is OutputWay.RESPONSE_FORMAT


@pytest.mark.parametrize("name", ["gpt-5", "GPT-5-mini", "o3", "o4-mini-2025-04-16"])
def test_reasoning_models_of_openai(name: str) -> None:
    traits = traits_of(ModelRef("openai", name))

    assert dict(traits.renamed)["max_tokens"] == "max_completion_tokens"
    assert "temperature" in traits.refused


def test_ollama_cant_be_made_to_call_a_tool() -> None:
    ways = traits_of(ModelRef("ollama", "llama3.2:3b")).output_ways

    assert ways == (OutputWay.RESPONSE_FORMAT, OutputWay.FENCED)


@pytest.mark.parametrize(
    ("model", "ways"),
    [
        (ModelRef("openrouter", "anthropic/claude-sonnet-4.5"), tuple(OutputWay)),
        (
            ModelRef("openrouter", "anthropic/claude-3.5-haiku"),
            (OutputWay.TOOL_CALL, OutputWay.FENCED),
        ),
        (ModelRef("deepseek", "deepseek-chat"), (OutputWay.TOOL_CALL, OutputWay.FENCED)),
        (ModelRef("deepseek", "deepseek-reasoner"), (OutputWay.FENCED,)),
        (ModelRef("perplexity", "sonar"), (OutputWay.RESPONSE_FORMAT, OutputWay.FENCED)),
        (ModelRef("cerebras", "gpt-oss-120b"), (OutputWay.RESPONSE_FORMAT, OutputWay.FENCED)),
    ],
)
def test_ways_of_asking_for_json(model: ModelRef, ways: tuple[OutputWay, ...]) -> None:
    assert traits_of(model).output_ways == ways


def test_claude_is_marked_for_its_cache_at_openrouter_alone() -> None:
    marked = ("openrouter:anthropic/claude-3-haiku", "openrouter:anthropic/claude-opus-4.6")

    assert all(traits_of(ModelRef.parse(name)).cache_from for name in marked)
    assert traits_of(ModelRef("openrouter", "openai/gpt-5")).cache_from is None

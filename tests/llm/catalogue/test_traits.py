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
        ModelRef("openrouter", "anthropic/claude-sonnet-4.5"),
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

from app.llm import PROVIDERS, ModelRef, seed
from app.llm.catalogue.seed import completed

ISSUED = [
    "amazon/nova-2-lite-v1",
    "deepseek/deepseek-coder-6.7b-instruct",
    "meta-llama/llama-3.1-8b-instruct",
    "nousresearch/hermes-3-llama-3.1-405b",
    "microsoft/phi-3-medium-128k-instruct",
    "qwen/qwen-2.5-7b-instruct",
    "mistralai/mixtral-8x7b-instruct",
    "amazon/nova-micro-v1",
    "meta-llama/llama-3.2-1b-instruct",
    "meta-llama/llama-3.2-3b-instruct",
    "meta-llama/llama-3-8b-instruct",
    "mistralai/mistral-7b-instruct",
    "mistralai/mistral-7b-instruct-v0.3",
    "google/gemma-2-9b-it",
    "google/gemma-7b-it",
    "microsoft/phi-3-mini-128k-instruct",
    "qwen/qwen-2-7b-instruct",
    "liquid/lfm-40b",
]


def test_every_free_model_that_was_named_is_known() -> None:
    known = {facts.ref: facts for facts in seed()}
    for model in ISSUED:
        facts = known[ModelRef("openrouter", f"{model}:free")]
        assert facts.free
        assert facts.source == "seed"
        assert facts.prices.prompt == 0


def test_prices_are_told_of_free_models_alone() -> None:
    assert all(facts.free or facts.prices.prompt is None for facts in seed())


def test_its_providers_are_known() -> None:
    assert {facts.ref.provider for facts in seed()} <= set(PROVIDERS)


def test_a_short_listing_is_completed_by_it() -> None:
    known = next(facts for facts in seed() if facts.context_length)
    short = type(known)(known.ref, context_length=1000)
    assert completed(short, known).context_length == 1000
    assert completed(short, known).name == known.name
    assert completed(type(known)(known.ref), known).context_length == known.context_length
    assert completed(short, None) is short

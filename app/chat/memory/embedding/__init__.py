"""Texts as vectors, by a provider's model or by one that runs in this process."""

from app.chat.memory.embedding.backfill import EMBED_TASK, Backfill
from app.chat.memory.embedding.choice import choose, local_embedder
from app.chat.memory.embedding.embedder import Embedded, Embedder, NoEmbedder

__all__ = [
    "EMBED_TASK",
    "Backfill",
    "Embedded",
    "Embedder",
    "NoEmbedder",
    "choose",
    "local_embedder",
]

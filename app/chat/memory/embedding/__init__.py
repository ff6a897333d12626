"""Texts as vectors, by a provider's model or by one that runs in this process."""

from app.chat.memory.embedding.embedder import Embedded, Embedder, NoEmbedder

__all__ = ["Embedded", "Embedder", "NoEmbedder"]

"""What makes vectors of texts."""

from collections.abc import Sequence
from typing import Protocol

from app.kit.frozen import frozen


@frozen
class Embedded:
    """One vector for each text, in order. Only vectors by the same `model` may be compared."""

    model: str
    vectors: tuple[tuple[float, ...], ...]


class Embedder(Protocol):
    @property
    def there(self) -> bool:
        """Whether it is worth asking at all."""
        ...

    async def embed(
        self, tenant_id: str, texts: Sequence[str], *, seconds: float
    ) -> Embedded | None:
        """None when it can't, or not within `seconds`: then words have to do."""
        ...


class NoEmbedder:
    there = False

    async def embed(self, tenant_id: str, texts: Sequence[str], *, seconds: float) -> None:  # noqa: ARG002  # of the interface
        return None

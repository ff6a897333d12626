"""Vectors by a provider's model, through the gateway."""

import time
from collections.abc import Callable, Sequence

import structlog

from app.accounts import DEFAULT_TENANT
from app.chat.memory.embedding.embedder import Embedded
from app.errors import AppError
from app.kit.deadline import within
from app.llm import (
    CallContext,
    Candidate,
    Capability,
    ChainExhausted,
    LLMClient,
    ModelRequest,
    Task,
    capabilities,
)

log = structlog.get_logger()

_PAUSE_SECONDS = 60.0
_LONG_PAUSE_SECONDS = 900.0
"""After an error that trying again won't mend: most likely no model for vectors is to be had."""


class ProviderEmbedder:
    """Asks whatever models the task `embedding` is for; unless `wanted`, only where one of them is
    known to make vectors. After a failure it isn't tried again for a while: until then, nobody has
    to wait for another one. `monotonic` in seconds."""

    def __init__(
        self, client: LLMClient, *, wanted: bool, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._monotonic = monotonic
        self._again_at = float("-inf")

    @property
    def there(self) -> bool:
        if not self._client.configured() or self._monotonic() < self._again_at:
            return False
        return self._wanted or self._has_a_model()

    async def embed(
        self, tenant_id: str, texts: Sequence[str], *, seconds: float
    ) -> Embedded | None:
        try:
            answer = await within(seconds, self._client.embed(_request(tenant_id, texts)))
        except (AppError, TimeoutError) as error:
            self._pause(error)
            return None
        if len(answer.vectors) != len(texts) or not all(answer.vectors):
            return None
        return Embedded(str(answer.model), answer.vectors)

    def _has_a_model(self) -> bool:
        try:
            plan = self._client.plan(_request(DEFAULT_TENANT, [""]))
        except AppError:
            return False
        return any(map(_makes_vectors, plan.candidates))

    def _pause(self, error: AppError | TimeoutError) -> None:
        cause = error.cause if isinstance(error, ChainExhausted) else error
        lasting = isinstance(cause, AppError) and not cause.retryable
        self._again_at = self._monotonic() + (_LONG_PAUSE_SECONDS if lasting else _PAUSE_SECONDS)
        code = error.code if isinstance(error, AppError) else "timeout"
        log.info("memory.not_embedded", error=code)


def _request(tenant_id: str, texts: Sequence[str]) -> ModelRequest:
    return ModelRequest(
        task=Task.EMBEDDING, messages=(), context=CallContext(tenant_id), inputs=tuple(texts)
    )


def _makes_vectors(candidate: Candidate) -> bool:
    """By the catalogue; by its name where that doesn't know it."""
    if candidate.facts is None:
        return "embed" in candidate.ref.model.lower()
    return Capability.EMBEDDINGS in capabilities(candidate.facts)

"""Vectors of texts, by Gemini's embedding models."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from google.genai.models import AsyncModels
from google.genai.types import EmbedContentConfig, EmbedContentResponse

from app.llm.errors import LLMError
from app.llm.events import End, ModelEvent, UsageReport, Vectors
from app.llm.messages import ModelRef, ModelRequest, Usage
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._gemini_errors import ERRORS
from app.llm.providers._sdk_failures import SdkFailures

_BATCH = 100
"""Texts in one request; the API takes no more."""


async def vectors(
    models: AsyncModels,
    request: ModelRequest,
    ref: ModelRef,
    deadlines: Deadlines,
    *,
    failures: SdkFailures,
    failed: Callable[[Exception], LLMError],
) -> AsyncGenerator[ModelEvent, None]:
    """One vector for each of `request.inputs`. Gemini doesn't always count the tokens."""
    found: list[tuple[float, ...]] = []
    counted: list[int | None] = []
    texts = [each for each in request.inputs if isinstance(each, str)]
    if len(texts) < len(request.inputs):
        raise failures.unsuitable("takes texts, and was sent tokens", "send the texts themselves")
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        asked = models.embed_content(
            model=ref.model, contents=_contents(batch), config=_config(request)
        )
        try:
            response = await deadlines.wait(asked)
        except ERRORS as error:
            raise failed(error) from None  # theirs may quote the key
        found += _values(response, len(batch), failures)
        counted.append(_tokens(response))
    yield Vectors(tuple(found))
    if all(counted):
        yield UsageReport(Usage(sum(count or 0 for count in counted)))
    yield End("stop", ref)


def _contents(batch: Sequence[str]) -> list[Any]:
    """Each apart: of bare texts, some models would make one vector."""
    return [{"role": "user", "parts": [{"text": text}]} for text in batch]


def _config(request: ModelRequest) -> EmbedContentConfig:
    wanted = (request.body or {}).get("dimensions")
    return EmbedContentConfig(output_dimensionality=wanted if isinstance(wanted, int) else None)


def _values(
    response: EmbedContentResponse, expected: int, failures: SdkFailures
) -> list[tuple[float, ...]]:
    found = [tuple(each.values or ()) for each in response.embeddings or ()]
    if len(found) != expected or not all(found):
        raise failures.unusable(f"sent {len(found)} vectors for {expected} texts")
    return found


def _tokens(response: EmbedContentResponse) -> int | None:
    return response.usage_metadata.prompt_token_count if response.usage_metadata else None

"""A model of Gemini's: our request becomes its contents, its answer becomes our events."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import httpx2
from google.genai.client import AsyncClient
from google.genai.types import GenerateContentConfig, GenerateContentResponse

from app.kit.frozen import frozen
from app.llm.call import Call
from app.llm.catalogue.traits import OutputWay
from app.llm.errors import LLMError
from app.llm.events import ModelEvent
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._gemini_answer import ContentReader
from app.llm.providers._gemini_contents import contents_of
from app.llm.providers._gemini_errors import ERRORS, begin_failed, broke_off
from app.llm.providers._gemini_request import config_of
from app.llm.providers._gemini_signatures import Signatures
from app.llm.providers._gemini_vectors import vectors
from app.llm.providers._output_ways import OutputWays
from app.llm.providers._sdk_failures import SdkFailures
from app.llm.providers._sdk_http import responses
from app.llm.providers._sdk_relay import relay
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_UNSIGNED = ("gemini-1*", "gemini-2*", "gemma*")
"""Models that want no signatures on their tool calls."""

_REFUSED = {
    OutputWay.RESPONSE_FORMAT: r"json mode|response_?mime_?type|response_?(json_?)?schema",
    OutputWay.TOOL_CALL: r"function|\btools?\b|tool_?config",
}
"""What a refusal says when it is the way of asking for JSON that the model can't take."""


@dataclass(frozen=True)
class Wire:
    """What all models share."""

    row: ProviderRow
    secret: str = field(repr=False)
    client: AsyncClient
    timeouts: Timeouts
    output_ways: OutputWays = field(default_factory=lambda: OutputWays(_REFUSED))
    signatures: Signatures = field(default_factory=Signatures)

    def failures(self, model: str = "") -> SdkFailures:
        return SdkFailures(self.row, model, self.secret)


@frozen
class _Begun:
    """`response` is what `chunks` are read from: only closing it hangs up at once."""

    response: httpx2.Response
    chunks: AsyncGenerator[GenerateContentResponse, None]

    async def aclose(self) -> None:
        await self.response.aclose()
        await self.chunks.aclose()


class GeminiModel:
    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self._ref = ModelRef(wire.row.name, name)
        self._failures = wire.failures(name)

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        if request.inputs:
            wire, failures = self._wire, self._failures
            deadlines = Deadlines(wire.timeouts, failures, first=wire.timeouts.whole)
            found = vectors(
                wire.client.models,
                request,
                self._ref,
                deadlines,
                failures=failures,
                failed=self._begin_failed,
            )
            return await Answer.begin(call, found)
        return await Answer.begin(call, self._events(request))

    async def _events(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        deadlines = Deadlines(self._wire.timeouts, self._failures)
        begun, way = await self._wire.output_ways.begin(
            request, self._ref, lambda way: self._begin(request, way, deadlines)
        )
        try:
            heard = relay(
                begun.chunks,
                self._reader(request, way),
                deadlines,
                errors=ERRORS,
                broke=lambda error: broke_off(error, self._failures, self._wire.row),
            )
            async with aclosing(heard):
                async for event in heard:
                    yield event
        finally:
            deadlines.stop()
            await begun.aclose()

    async def _begin(
        self, request: ModelRequest, way: OutputWay | None, deadlines: Deadlines
    ) -> _Begun:
        """Waits for the first chunk: the SDK asks only when that is wanted."""
        contents = self._contents(request)
        config = GenerateContentConfig(**config_of(request, way))
        models = self._wire.client.models
        with responses() as kept:
            try:
                chunks = await models.generate_content_stream(
                    model=self._ref.model, contents=contents, config=config
                )
                first = await deadlines.wait(anext(chunks, None))
            except ERRORS as error:
                self._check_kind(kept)
                raise self._begin_failed(error) from None  # theirs may quote the key
        self._check_kind(kept)
        return _Begun(kept[0], _joined(first, chunks))

    def _contents(self, request: ModelRequest) -> list[Any]:
        model = self._ref.model.removeprefix("models/")
        signed = not any(fnmatchcase(model, family) for family in _UNSIGNED)
        try:
            return contents_of(request.messages, self._wire.signatures, signed=signed)
        except ValueError:
            raise self._failures.unsuitable(
                "can't be sent a picture whose base64 is broken",
                "send it as in data:image/png;base64,iVBORw0KGgo=",
            ) from None

    def _begin_failed(self, error: Exception) -> LLMError:
        return begin_failed(error, self._failures, self._wire.row)

    def _check_kind(self, kept: list[httpx2.Response]) -> None:
        """Raises `BadGateway` where a 200 is no event stream."""
        for response in kept[:1]:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if response.status_code == 200 and kind != "text/event-stream":
                told = kind[:80] or "no content type"
                raise self._failures.misplaced(f"answered with {told}, not an event stream")

    def _reader(self, request: ModelRequest, way: OutputWay | None) -> ContentReader:
        forced = request.output if way is OutputWay.TOOL_CALL else None
        return ContentReader(
            self._ref,
            self._failures,
            self._wire.signatures,
            output_tool=forced.name if forced else None,
        )


async def _joined(
    first: GenerateContentResponse | None, rest: AsyncIterator[GenerateContentResponse]
) -> AsyncGenerator[GenerateContentResponse, None]:
    if first is not None:
        yield first
        async for chunk in rest:
            yield chunk

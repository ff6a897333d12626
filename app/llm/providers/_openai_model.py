"""A model behind the OpenAI wire: our request becomes its body, its answer becomes our events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field

from app.kit import json
from app.llm.call import Call
from app.llm.catalogue.traits import OutputWay, traits_of
from app.llm.errors import ModelTimeout
from app.llm.events import ModelEvent
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer
from app.llm.providers._aiohttp import aiohttp
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._failures import Failures
from app.llm.providers._loading import Loading
from app.llm.providers._openai_answer import Reader, StreamReader, WholeReader
from app.llm.providers._openai_relay import StreamRelay
from app.llm.providers._openai_request import chat_body, embeddings_body
from app.llm.providers._openai_whole import VectorsReader, WholeRelay
from app.llm.providers._output_ways import OutputWays
from app.llm.providers._transport import TRANSPORT_ERRORS, Network, hang_up, succeeded
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_KINDS = ("text/event-stream", "application/json")
_ERROR_BODY = 64 * 1024
_GENERATION = "X-Generation-Id"  # OpenRouter's, before the first frame is in
_LINGER = 0.05  # seconds for the end of the body after [DONE]: read to it, the connection is reused

_REFUSED = {
    OutputWay.RESPONSE_FORMAT: r"response_format|json_schema|structured|grammar",
    OutputWay.TOOL_CALL: r"\btools?\b|tool_choice|function",
}
"""What a refusal says when it is the way of asking for JSON that the vendor can't take."""


def _output_ways() -> OutputWays:
    return OutputWays(_REFUSED, statuses=(400, 404, 422))


@dataclass(frozen=True)
class Wire:
    """What a provider's models share."""

    row: ProviderRow
    secret: str = field(repr=False)
    network: Network
    timeouts: Timeouts
    output_ways: OutputWays = field(default_factory=_output_ways)

    def failures(self, model: str = "") -> Failures:
        return Failures(self.row, model, self.secret)


class OpenAIModel:
    def __init__(self, wire: Wire, name: str, loading: Loading | None = None) -> None:
        self._wire = wire
        self._loading = loading
        self._ref = ModelRef(wire.row.name, name)
        self._traits = traits_of(self._ref)
        self._failures = wire.failures(name)

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        return await Answer.begin(call, self._events(request, call))

    def _events(self, request: ModelRequest, call: Call) -> AsyncGenerator[ModelEvent, None]:
        timeouts = self._wire.timeouts
        streamed = request.streamed and not request.inputs
        first = timeouts.first_token if streamed else timeouts.whole
        deadlines = Deadlines(timeouts, self._failures, first)
        events = self._heard(request, call, deadlines)
        if self._loading is None:
            return events
        return self._loading.waited_for(self._ref.model, deadlines, events)

    async def _heard(
        self, request: ModelRequest, call: Call, deadlines: Deadlines
    ) -> AsyncGenerator[ModelEvent, None]:
        response = await self._begun(request, deadlines)
        try:
            named = not self._wire.row.settles or call.named(response.headers.get(_GENERATION, ""))
            deadlines.watch(response)
            content = response.content
            reader = self._reader(request, response)
            feed = reader.feed
            while not reader.done:
                try:
                    data = await content.readany()
                except (ModelTimeout, *TRANSPORT_ERRORS) as error:
                    self._cut(reader, error)
                    break
                if not data:
                    break
                for event in feed(data):
                    named = named or call.named(reader.generation_id)
                    deadlines.paused = True
                    yield event
                    deadlines.heard()
                if reader.complete:
                    deadlines.closing()
            for event in reader.close():
                yield event
            await _linger(content)
        finally:
            deadlines.stop()
            hang_up(response)

    async def _begun(self, request: ModelRequest, deadlines: Deadlines) -> aiohttp.ClientResponse:
        """The response to the first way of asking for output that the vendor doesn't refuse."""
        try:
            response, _ = await self._wire.output_ways.begin(
                request, self._ref, lambda way: self._respond(request, way, deadlines)
            )
        except BaseException:
            deadlines.stop()
            raise
        return response

    async def _respond(
        self, request: ModelRequest, way: OutputWay | None, deadlines: Deadlines
    ) -> aiohttp.ClientResponse:
        response = await self._post(request, way, deadlines)
        if succeeded(response):
            return response
        text = await _error_text(response, deadlines)
        raise self._failures.from_status(response.status, text, response.headers)

    async def _post(
        self, request: ModelRequest, way: OutputWay | None, deadlines: Deadlines
    ) -> aiohttp.ClientResponse:
        wire, name = self._wire, self._ref.model
        if request.inputs:
            path, body = "embeddings", embeddings_body(request, name, row=wire.row)
        else:
            path = "chat/completions"
            body = chat_body(request, name, row=wire.row, traits=self._traits, way=way)
        try:
            return await deadlines.wait(wire.network.post(path, json.dumps(body)))
        except TRANSPORT_ERRORS as error:
            raise self._failures.unreachable(error) from error

    def _reader(self, request: ModelRequest, response: aiohttp.ClientResponse) -> Reader:
        """A caller's own body is answered in its own form, unless the vendor doesn't stream what it
        was asked to, or the other way round: that is translated."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            raise self._failures.misplaced(
                f"answered with {kind[:80] or 'no content type'}, neither JSON nor an event stream"
            )
        about = (self._ref, self._failures)
        streamed = kind == "text/event-stream"
        if request.inputs:
            return VectorsReader(*about, relayed=request.body is not None)
        if request.body is None or request.streamed is not streamed:
            return StreamReader(*about) if streamed else WholeReader(*about)
        return StreamRelay(*about, request.answers) if streamed else WholeRelay(*about)

    def _cut(self, reader: Reader, error: Exception) -> None:
        """Nothing more comes, which is well where all was said."""
        if reader.complete:
            return
        if isinstance(error, ModelTimeout):
            raise error
        raise self._failures.unusable("broke off in mid-answer") from error


async def _error_text(response: aiohttp.ClientResponse, deadlines: Deadlines) -> str:
    """A refusal stays a refusal without its text."""
    try:
        body = await deadlines.read(response, _ERROR_BODY)
    except (ModelTimeout, *TRANSPORT_ERRORS):
        return ""
    return body[:_ERROR_BODY].decode("utf-8", "replace")


async def _linger(content: aiohttp.StreamReader) -> None:
    if content.at_eof():
        return
    with suppress(ModelTimeout, *TRANSPORT_ERRORS):
        async with asyncio.timeout(_LINGER):
            while await content.readany():
                pass

"""A model of Anthropic's: our request becomes its message, its answer becomes our events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import anthropic
import httpx2

from app.llm.call import Call
from app.llm.catalogue.traits import OutputWay, traits_of
from app.llm.events import ModelEvent
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer
from app.llm.output import strict
from app.llm.providers._anthropic_answer import MessageReader
from app.llm.providers._anthropic_errors import ERRORS, begin_failed
from app.llm.providers._anthropic_request import message_body
from app.llm.providers._deadlines import Deadlines
from app.llm.providers._output_ways import OutputWays
from app.llm.providers._sdk_failures import SdkFailures, require_conversation
from app.llm.providers._sdk_relay import relay
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts

_MAX_TOKENS = 8192
"""For a model whose own maximum isn't known: all that are still served say that much."""


_REFUSED = {
    OutputWay.RESPONSE_FORMAT: r"output_config|output_format|json_schema|structured",
    OutputWay.TOOL_CALL: r"\btools?\b|tool_choice",
}
"""What a refusal says when it is the way of asking for JSON that the model can't take."""


@dataclass(frozen=True)
class Wire:
    """What all models share."""

    row: ProviderRow
    secret: str = field(repr=False)
    client: anthropic.AsyncAnthropic
    timeouts: Timeouts
    output_ways: OutputWays = field(default_factory=lambda: OutputWays(_REFUSED))

    def failures(self, model: str = "") -> SdkFailures:
        return SdkFailures(self.row, model, self.secret)


class AnthropicModel:
    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self._ref = ModelRef(wire.row.name, name)
        self._failures = wire.failures(name)

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        require_conversation(request, self._failures)
        most = request.max_tokens or most_tokens(call, self._ref) or _MAX_TOKENS
        return await Answer.begin(call, self._events(request, most))

    async def _events(
        self, request: ModelRequest, max_tokens: int
    ) -> AsyncGenerator[ModelEvent, None]:
        deadlines = Deadlines(self._wire.timeouts, self._failures)
        response, way = await self._wire.output_ways.begin(
            request, self._ref, lambda way: self._respond(request, max_tokens, way, deadlines)
        )
        try:
            heard = relay(
                anthropic.AsyncStream.raw_events(response),
                self._reader(response, request, way),
                deadlines,
                errors=ERRORS,
                broke=lambda _: self._failures.unusable("broke off in mid-answer"),
            )
            async with aclosing(heard):
                async for event in heard:
                    yield event
        finally:
            deadlines.stop()
            await response.aclose()

    async def _respond(
        self,
        request: ModelRequest,
        max_tokens: int,
        way: OutputWay | None,
        deadlines: Deadlines,
    ) -> httpx2.Response:
        body = message_body(
            request,
            self._ref.model,
            max_tokens=max_tokens,
            cache_from=traits_of(self._ref).cache_from,
            way=way,
            schema=_schema(request.output.schema) if request.output else None,
        )
        asked = self._wire.client.messages.create(**body, stream=True)
        try:
            stream: anthropic.AsyncStream[Any] = await deadlines.wait(asked)
        except ERRORS as error:
            raise begin_failed(error, self._failures) from None  # theirs may quote the key
        return stream.response

    def _reader(
        self, response: httpx2.Response, request: ModelRequest, way: OutputWay | None
    ) -> MessageReader:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/event-stream":
            told = kind[:80] or "no content type"
            raise self._failures.misplaced(f"answered with {told}, not an event stream")
        forced = request.output if way is OutputWay.TOOL_CALL else None
        return MessageReader(self._ref, self._failures, output_tool=forced.name if forced else None)


def most_tokens(call: Call, ref: ModelRef) -> int | None:
    """How much the model can say, where the catalogue knows."""
    facts = next((each.facts for each in call.plan.candidates if each.ref == ref), None)
    return facts.max_output if facts else None


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    """As the API takes it: what it can't enforce goes into descriptions. The SDK can't write every
    schema so; one that it can't goes as strict modes of others want it, and may be refused."""
    try:
        return anthropic.transform_schema(schema)
    except (ValueError, AssertionError):
        return strict(schema)

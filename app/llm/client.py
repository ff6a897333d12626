"""The front door: asks for an answer, whole or as it comes, and accounts for it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace

from app.kit.clock import Clock, utc_now
from app.llm.call import Call, Monotonic
from app.llm.errors import LLMError
from app.llm.events import End, Failed, ModelEvent, TextDelta, ToolCallDelta
from app.llm.ledger import Ledger, LedgerEntry
from app.llm.messages import Completion, ModelRequest, Usage
from app.llm.model import ChatModel
from app.llm.output import find_output
from app.llm.providers.connected import OFFLINE, ConnectedProviders


class LLMClient:
    """Built by `build_client`, closed by `aclose`. Every call leaves one ledger entry, however it
    ends. `live` answers as tokens come, `whole` only once an answer is complete."""

    def __init__(
        self,
        providers: ConnectedProviders,
        *,
        live: ChatModel,
        whole: ChatModel,
        ledger: Ledger,
        clock: Clock = utc_now,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._providers = providers
        self._live = live
        self._whole = whole
        self._ledger = ledger
        self._clock = clock
        self._monotonic = monotonic

    @property
    def default_provider(self) -> str:
        """For calls that name none; `offline` when no provider is configured."""
        return self._providers.default

    def configured(self) -> tuple[str, ...]:
        return self._providers.names

    def require(self, provider: str) -> None:
        """Raises `ProviderDisabled` unless `provider` is configured, or is `offline`."""
        if provider != OFFLINE:
            self._providers.require(provider)

    def base_url(self, provider: str) -> str:
        """Raises `ProviderDisabled`."""
        return self._providers.require(provider).base_url

    async def list_models(self, provider: str) -> tuple[str, ...]:
        """Asks the provider, for 5 s at most. Raises `LLMError`."""
        return await self._providers.require(provider).list_models()

    async def complete(self, request: ModelRequest) -> Completion:
        """The whole answer; until it is in, the models of the chain take over from each other.

        Raises `ProviderDisabled` when the model asked for can't be asked, `ChainExhausted` when
        every model failed.
        """
        with self._recorded(request) as call:
            async with aclosing(await self._whole.open(request, call)) as answer:
                events = [event async for event in answer]
            call.succeed()
            return _completion(request, call, events)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """The answer as it comes; fallback ends with the first event. Always `End` last.

        Raises like `complete` before the first event; a later failure is a `Failed` event. Leave
        by `aclosing(client.stream(request))`, which closes the upstream at once.
        """
        with self._recorded(request) as call:
            async with aclosing(await self._live.open(request, call)) as answer:
                try:
                    async for event in answer:
                        yield _ended(event, call) if isinstance(event, End) else event
                except LLMError as error:
                    call.fail(error)
                    yield Failed(error)
                    yield End("error", call.attempts[-1].model, tuple(call.attempts))

    async def aclose(self) -> None:
        await self._providers.aclose()

    @contextmanager
    def _recorded(self, request: ModelRequest) -> Iterator[Call]:
        call = Call(request, created_at=self._clock(), monotonic=self._monotonic)
        try:
            yield call
        except LLMError as error:
            call.fail(error)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            call.cancel()
            raise
        except BaseException:
            call.crash()
            raise
        finally:
            self._ledger.record(LedgerEntry.of(call))


def _ended(end: End, call: Call) -> End:
    call.succeed()
    return replace(end, attempts=tuple(call.attempts))


def _completion(request: ModelRequest, call: Call, events: list[ModelEvent]) -> Completion:
    end = _ended(next(event for event in events if isinstance(event, End)), call)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    return Completion(
        text=text,
        output=find_output(text, _arguments(events)) if request.output else None,
        model=end.model,
        usage=call.usage or Usage(),
        finish_reason=end.finish_reason,
        attempts=end.attempts,
    )


def _arguments(events: list[ModelEvent]) -> list[str]:
    """The arguments of each tool call, put together."""
    calls: dict[int, str] = {}
    for event in events:
        if isinstance(event, ToolCallDelta):
            calls[event.index] = calls.get(event.index, "") + event.arguments
    return list(calls.values())

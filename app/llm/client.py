"""The front door: asks for an answer, whole or as it comes, and accounts for it."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from app.kit.clock import Clock, utc_now
from app.kit.frozen import frozen
from app.llm.call import Call, Monotonic
from app.llm.catalogue.discovery import list_offers
from app.llm.catalogue.listings.offer import Listing
from app.llm.errors import NoAccount, ProviderDisabled
from app.llm.events import End, ModelEvent, TextDelta, ToolCallDelta, Vectors
from app.llm.ledger import Ledger
from app.llm.messages import Attempt, Completion, ModelRef, ModelRequest, Usage
from app.llm.model import ChatModel
from app.llm.open_call import OpenCall, record_unanswered
from app.llm.output import find_output
from app.llm.providers.billing import Account, Settling, TellingAccount
from app.llm.providers.connected import ConnectedProviders
from app.llm.routing.plan import Plan
from app.llm.routing.planner import Planner
from app.llm.tokens import TokenCounts
from app.llm.tracing import Tracer


@frozen
class Embedding:
    """One vector for each input, in order. `attempts` lists every try, the last one successful."""

    vectors: tuple[tuple[float, ...], ...]
    model: ModelRef
    usage: Usage
    attempts: tuple[Attempt, ...]


class LLMClient:
    """Built by `build_client`, closed by `aclose`. Every call leaves one ledger entry, however it
    ends. `live` answers as tokens come, `whole` only once an answer is complete."""

    def __init__(
        self,
        providers: ConnectedProviders,
        *,
        live: ChatModel,
        whole: ChatModel,
        planner: Planner,
        ledger: Ledger,
        tracer: Tracer | None = None,
        clock: Clock = utc_now,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._providers = providers
        self._live = live
        self._whole = whole
        self._planner = planner
        self._ledger = ledger
        self._tracer = tracer
        self._counts = TokenCounts()
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
        self._providers.require(provider)

    def base_url(self, provider: str) -> str:
        """Raises `ProviderDisabled`, also for the one that is built in and has no address."""
        address = self._providers.require(provider).base_url
        if not address:
            raise ProviderDisabled(f"'{provider}' is built in, and has no address")
        return address

    async def list_models(self, provider: str) -> tuple[str, ...]:
        """Asks the provider, for 5 s at most. Raises `LLMError`."""
        return await self._providers.require(provider).list_models()

    async def look(self, provider: str) -> None:
        """Asks the provider for something small that isn't billed. Raises `LLMError`, within some
        seconds."""
        await self._providers.require(provider).look()

    async def offers(self, provider: str) -> Listing:
        """Asks the provider for its models and all it tells of them, for some seconds at most.
        Raises `LLMError`."""
        return await list_offers(self._providers.require(provider))

    async def account(self, provider: str) -> Account:
        """Asks the provider, for 10 s at most, what its key has used and has left. Raises
        `LLMError`: `NoAccount` about a provider that doesn't tell."""
        found = self._providers.require(provider)
        if not isinstance(found, TellingAccount):
            raise NoAccount(f"{found.row.title} doesn't tell what a key has used and has left")
        return await found.account()

    @property
    def settles(self) -> bool:
        """Whether any provider can be asked what an answer cost in the end."""
        return any(
            isinstance(self._providers.require(name), Settling) for name in self._providers.names
        )

    async def settled(self, provider: str, generation_id: str) -> Usage:
        """Asks the provider, for 5 s at most, for all that an answer cost; `generation_id` is that
        of its attempt. Raises `LLMError`, also while that isn't known yet."""
        found = self._providers.require(provider)
        if not isinstance(found, Settling):
            raise ProviderDisabled(f"{found.row.title} doesn't tell what an answer cost")
        return await found.settled(generation_id)

    def plan(self, request: ModelRequest) -> Plan:
        """The models that would be asked now, in order, with what is known of each. Asks nobody.

        Raises `UnknownModel`, `ProviderDisabled`, `NoModelFits`, `PromptTooLong`.
        """
        return self._planner.plan(request, Call(request, created_at=self._clock()))

    async def open(self, request: ModelRequest) -> OpenCall:
        """Returns when the first event of the answer is in, and with it the model that answers.

        As it comes where `request.streamed`; else once all of it is in, and until then the models
        of the chain take over from each other. Raises like `complete`. Cancelling it hangs up.
        """
        return await self._open(self._live if request.streamed else self._whole, request)

    async def complete(self, request: ModelRequest) -> Completion:
        """The whole answer; until it is in, the models of the chain take over from each other.

        Raises `ProviderDisabled` when the model asked for can't be asked, `ChainExhausted` when
        every model failed.
        """
        async with aclosing(await self._open(self._whole, request)) as opened:
            events = await opened.all()
        return _completion(request, opened, events)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """The answer as it comes; fallback ends with the first event. Always `End` last.

        Raises like `complete` before the first event; a later failure is a `Failed` event. Leave
        by `aclosing(client.stream(request))`, which closes the upstream at once.
        """
        async with aclosing(await self._open(self._live, request)) as opened:
            async for event in opened:
                yield event

    async def embed(self, request: ModelRequest) -> Embedding:
        """The vectors of `request.inputs`. Raises like `complete`."""
        async with aclosing(await self._open(self._whole, request)) as opened:
            events = await opened.all()
        vectors = next(event.vectors for event in events if isinstance(event, Vectors))
        end = _end(events)
        return Embedding(vectors, end.model, opened.call.usage or Usage(), end.attempts)

    async def aclose(self) -> None:
        await self._providers.aclose()

    async def _open(self, model: ChatModel, request: ModelRequest) -> OpenCall:
        call = Call(
            request, created_at=self._clock(), monotonic=self._monotonic, counts=self._counts
        )
        try:
            answer = await model.open(request, call)
        except BaseException as error:
            record_unanswered(call, error, self._ledger, self._tracer)
            raise
        return OpenCall(call, answer, self._ledger, self._tracer)


def _completion(
    request: ModelRequest, opened: OpenCall, events: Sequence[ModelEvent]
) -> Completion:
    end = _end(events)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    return Completion(
        text=text,
        output=find_output(text, _arguments(events)) if request.output else None,
        model=end.model,
        usage=opened.call.usage or Usage(),
        finish_reason=end.finish_reason,
        attempts=end.attempts,
        cost=opened.entry.cost if opened.entry else None,
    )


def _end(events: Sequence[ModelEvent]) -> End:
    return next(event for event in events if isinstance(event, End))


def _arguments(events: Sequence[ModelEvent]) -> list[str]:
    """The arguments of each tool call, put together."""
    calls: dict[int, str] = {}
    for event in events:
        if isinstance(event, ToolCallDelta):
            calls[event.index] = calls.get(event.index, "") + event.arguments
    return list(calls.values())

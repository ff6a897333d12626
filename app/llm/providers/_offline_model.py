"""The built-in model: says what it is, and quotes what was found. It makes nothing up."""

import re
from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal

from app.llm.call import Call
from app.llm.errors import LLMError, ProviderDisabled, UnknownModel
from app.llm.events import End, ModelEvent, TextDelta, ToolCallDelta, UsageReport
from app.llm.messages import ModelRef, ModelRequest, Usage
from app.llm.model import Answer
from app.llm.providers._offline_faults import FAULTS, Fault, Said
from app.llm.providers._offline_words import HOW_TO_CONNECT, words_for
from app.llm.providers._sdk_failures import SdkFailures, require_conversation
from app.llm.tokens import estimate_tokens, prompt_tokens

ASSISTANT = "assistant"

_WORD = re.compile(r"\S+\s*|\s+")
_MUST_CALL = ("required", "function")


class OfflineModel:
    """Answers word by word, at once, the same for the same request."""

    def __init__(self, ref: ModelRef, failures: SdkFailures, configured: Sequence[str]) -> None:
        self._ref = ref
        self._failures = failures
        self._configured = configured

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        require_conversation(request, self._failures)
        self._require_prose(request)
        return await Answer.begin(call, self._events(request))

    async def _events(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        words = _WORD.findall(words_for(request, self._configured))
        kept = _within(words, request.max_tokens)
        for word in kept:
            yield TextDelta(word)
        yield _usage(request, len("".join(kept)))
        yield End("stop" if len(kept) == len(words) else "length", self._ref)

    def _require_prose(self, request: ModelRequest) -> None:
        """Raises `RequestRefused` for what only invented data could answer."""
        if request.output is not None:
            raise self._failures.unsuitable(
                f"is no language model, and would have to invent the data for "
                f"'{request.output.name[:100]}'",
                HOW_TO_CONNECT,
            )
        choice = request.tool_choice
        if choice is not None and choice.mode in _MUST_CALL:
            raise self._failures.unsuitable("can't call tools", HOW_TO_CONNECT)


class FaultyModel:
    """Fails on purpose. It answers what a real model would too: being refused is no fault."""

    def __init__(
        self, ref: ModelRef, failures: SdkFailures, configured: Sequence[str], fault: Fault
    ) -> None:
        self._ref = ref
        self._failures = failures
        self._configured = configured
        self._fault = fault

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        require_conversation(request, self._failures)
        return await Answer.begin(call, self._events(request))

    async def _events(self, request: ModelRequest) -> Said:
        characters, called = 0, False
        words = _WORD.findall(words_for(request, self._configured))
        async for event in self._fault(request, words, self._failures):
            if isinstance(event, TextDelta):
                characters += len(event.text)
            called = called or isinstance(event, ToolCallDelta)
            yield event
        yield _usage(request, characters)
        yield End("tool_calls" if called else "stop", self._ref)


class NoSuchModel:
    """Says so when it is asked."""

    def __init__(self, error: LLMError) -> None:
        self._error = error

    async def open(self, _request: ModelRequest, _call: Call) -> Answer:
        raise self._error


def no_model(name: str) -> LLMError:
    if name in FAULTS:
        return ProviderDisabled(
            f"offline:{name} fails on purpose, for tests: set LLM_OFFLINE_FAULTS=true and restart, "
            f"or ask offline:{ASSISTANT}"
        )
    return UnknownModel(
        f"There is no model 'offline:{name[:100]}': what is built in is offline:{ASSISTANT}"
    )


def _within(words: list[str], max_tokens: int | None) -> list[str]:
    if max_tokens is None:
        return words
    kept, characters = [], 0
    for word in words:
        characters += len(word)
        if estimate_tokens(characters) > max_tokens:
            break
        kept.append(word)
    return kept or words[:1]


def _usage(request: ModelRequest, characters: int) -> UsageReport:
    """No vocabulary but our own counts here. It costs nothing."""
    return UsageReport(Usage(prompt_tokens(request), estimate_tokens(characters), cost=Decimal(0)))

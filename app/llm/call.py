"""The notebook of one call: what it tried and heard so far, however it will end."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.errors import AppError
from app.kit.frozen import frozen
from app.kit.ids import new_id
from app.llm.errors import LLMError
from app.llm.events import (
    ModelEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReport,
    Vectors,
    WireChunk,
)
from app.llm.messages import Attempt, ModelRef, ModelRequest, Usage
from app.llm.routing.plan import Plan
from app.llm.tokens import TokenCounts, estimate_tokens

NO_PLAN = Plan(())

OUTRUN = "CANCELLED"
"""The code of an attempt that was given up for a faster one, where it counts: it was late."""

_NAME = re.compile(r"[\w.:-]{1,200}", re.ASCII)

Monotonic = Callable[[], float]
"""Seconds from some fixed moment, never running backwards."""


class CallStatus(StrEnum):
    OK = "ok"
    ERROR = "error"
    CANCELLED = "cancelled"


class CacheUse(StrEnum):
    HIT = "hit"
    MISS = "miss"
    OFF = "off"


@frozen
class Saving:
    """What one strategy of compression did to a prompt, in estimated tokens."""

    strategy: str
    tokens_before: int
    tokens_after: int


class Call:
    """Handed down through the layers with the request; each writes in it what it did.

    One attempt is under way at a time, between `begin_attempt` and `end_attempt`; attempts that
    race have a notebook each. `used` is the model that is being heard, None before it said
    anything. `last_resort` tells that no other model is left to turn to. `plan` is what the router
    decided, `decision` what it went by, in JSON's types, so that it can be explained. `counts`
    knows how far guesses of tokens are off for each model. `waited` is how many seconds it waited
    because a model asked it to. `reservation` is what budgets hold for it, by id, until its entry
    is in the ledger. The first ending counts.
    """

    def __init__(
        self,
        request: ModelRequest,
        *,
        created_at: datetime,
        monotonic: Monotonic = time.monotonic,
        counts: TokenCounts | None = None,
    ) -> None:
        self.id = new_id()
        self.request = request
        self.created_at = created_at
        self.attempts: list[Attempt] = []
        self.used: ModelRef | None = None
        self.last_resort = False
        self.plan = NO_PLAN
        self.decision: dict[str, Any] = {}
        self.cache = CacheUse.OFF
        self.savings: tuple[Saving, ...] = ()
        self.waited = 0.0
        self.reservation: UUID | None = None
        self.usage: Usage | None = None
        self.characters = 0
        self.first_token_ms: int | None = None
        self.latency_ms = 0
        self.status: CallStatus | None = None
        self.error: str | None = None
        self.counts = TokenCounts() if counts is None else counts
        self._monotonic = monotonic
        self._started = self._begun = monotonic()
        self._trying: ModelRef | None = None
        self._sent = request
        self._heard_at: float | None = None
        self._guessed = False
        self._generation_id: str | None = None

    @property
    def tries(self) -> int:
        """Attempts so far, with the one under way, without models that were passed over."""
        made = sum(not attempt.passed_over for attempt in self.attempts)
        return made + (self._trying is not None)

    @property
    def sent(self) -> ModelRequest:
        """What the model that was tried last was sent: the request, or what layers made of it."""
        return self._sent

    def apart(self) -> "Call":
        """A notebook of its own for work on this request that may outlive the call."""
        return Call(
            self.request,
            created_at=self.created_at,
            monotonic=self._monotonic,
            counts=self.counts,
        )

    def follow(self, other: "Call") -> None:
        """Takes over which models another notebook says were tried, and why."""
        self.attempts = list(other.attempts)
        self.used, self.last_resort = other.used, other.last_resort
        self.plan, self.decision, self.savings = other.plan, other.decision, other.savings
        self.waited = other.waited
        self._trying, self._begun = other._trying, other._begun  # noqa: SLF001  # of our own kind
        self._sent = other._sent  # noqa: SLF001  # the same
        self._generation_id = other._generation_id  # noqa: SLF001  # the same

    def pay(self, other: "Call") -> None:
        """Takes over all that another notebook says, tokens too, so as to account for it."""
        self.follow(other)
        self.usage, self.characters = other.usage, other.characters
        self.reservation = other.reservation

    def begin_attempt(self, model: ModelRef, request: ModelRequest | None = None) -> None:
        """`request` as the layers made it, where they changed it."""
        self._trying, self._begun, self._heard_at = model, self._monotonic(), None
        self._sent = request or self.request
        self.used, self.usage, self.characters, self.first_token_ms = None, None, 0, None
        self._generation_id = None

    def named(self, generation_id: str) -> bool:
        """By what name the provider knows the attempt under way; tells whether it has one now. The
        first counts, and none that can't be a name."""
        if self._generation_id is None and _NAME.fullmatch(generation_id):
            self._generation_id = generation_id
        return self._generation_id is not None

    def hear(self, event: ModelEvent) -> None:
        if type(event) is WireChunk:  # first and cheapest: there are a hundred of them in a call
            self.characters += event.characters
            if self._heard_at is None:
                self._first_token()
            return
        match event:
            case TextDelta(text) | ThinkingDelta(text) | ToolCallDelta(_, _, text):
                self._said(len(text))
            case Vectors():
                self.heard()
            case UsageReport(usage):
                self.usage = usage
            case _:
                pass

    def heard(self, usage: Usage | None = None) -> None:
        """Something came that isn't text, sound for one; `usage` where it is known by now."""
        self.usage = usage or self.usage
        if self._heard_at is None:
            self._first_token()

    def bill(self, usage: Usage | None) -> None:
        """What the vendor counted, also where nothing of use came; None: nothing is known."""
        self.usage = usage or self.usage

    def _said(self, characters: int) -> None:
        self.characters += characters
        if self._heard_at is None:
            self._first_token()

    def end_attempt(
        self, code: str | None = None, message: str | None = None, *, counts: bool = True
    ) -> None:
        """`code` and `message` of what went wrong; `counts` as in `Attempt`. Does nothing when no
        attempt is under way."""
        if self._trying is None:
            return
        heard = self._heard_at
        first_token_ms = None if heard is None else round((heard - self._begun) * 1000)
        latency_ms = self._since(self._begun)
        usage, guessed = self._counted()
        if usage is not None and self._sent.pictures:
            usage = replace(usage, pictures=self._sent.pictures)
        self.attempts.append(
            Attempt(
                self._trying,
                code,
                message,
                latency_ms,
                first_token_ms,
                usage,
                guessed,
                counts,
                self._generation_id,
            )
        )
        self._trying = None

    def pass_over(self, model: ModelRef, error: LLMError) -> None:
        """Notes that a model wasn't asked, and why."""
        self.begin_attempt(model)
        self.end_attempt(error.code, error.message, counts=error.blames_model)
        self.attempts[-1] = replace(self.attempts[-1], passed_over=True)

    def racer(self) -> "Call":
        """A notebook for one of several attempts that run at the same time."""
        racer = self.apart()
        racer.plan, racer.last_resort = self.plan, self.last_resort
        racer.savings = self.savings
        racer._started = self._started  # noqa: SLF001  # of our own kind
        return racer

    def won(self, racer: "Call") -> None:
        """Goes on from where the faster attempt is."""
        self.attempts += racer.attempts
        self.savings, self.waited = racer.savings, self.waited + racer.waited
        self.used, self.usage, self.characters = racer.used, racer.usage, racer.characters
        self.first_token_ms = racer.first_token_ms
        self._trying, self._begun = racer._trying, racer._begun  # noqa: SLF001  # of our own kind
        self._heard_at, self._sent = racer._heard_at, racer._sent  # noqa: SLF001  # the same
        self._generation_id = racer._generation_id  # noqa: SLF001  # the same

    def give_up(self) -> None:
        """Ends the attempt of a racer that lost. What was asked is billed by then, so its tokens
        are counted, as a guess."""
        if self._trying is not None and self.usage is None:
            self._guessed = True
            self.usage = self._guess(self._trying)
        self.end_attempt(OUTRUN, "another model was faster")

    def _counted(self) -> tuple[Usage | None, bool]:
        """The tokens of the attempt under way, and whether they are our guess."""
        if self._trying is None or self._guessed:
            return self.usage, self._guessed
        if self.usage is not None:
            self.counts.learn(self._trying, self._sent, self.usage.prompt_tokens)
            return self.usage, False
        return (None, False) if self._heard_at is None else (self._guess(self._trying), True)

    def _guess(self, model: ModelRef) -> Usage:
        prompt = self.counts.prompt(self._sent, model)
        return Usage(prompt, estimate_tokens(self.characters))

    def succeed(self) -> None:
        self._end(CallStatus.OK)

    def fail(self, error: AppError) -> None:
        counts = True
        if isinstance(error, LLMError):
            self.bill(error.usage)
            counts = error.blames_model
        self._end(CallStatus.ERROR, error.code, error.message, counts=counts)

    def cancel(self) -> None:
        self._end(CallStatus.CANCELLED, "CANCELLED", "the caller left", counts=False)

    def crash(self) -> None:
        self._end(CallStatus.ERROR, "INTERNAL_ERROR", "a bug on our side", counts=False)

    def broke(self, error: BaseException) -> None:
        """Ends by whatever was raised: a failure, the caller's leaving, or a bug."""
        if isinstance(error, AppError):
            self.fail(error)
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            self.cancel()
        else:
            self.crash()

    def _end(
        self,
        status: CallStatus,
        code: str | None = None,
        message: str | None = None,
        *,
        counts: bool = True,
    ) -> None:
        if self.status is not None:
            return
        self.end_attempt(code, message, counts=counts)
        self.status = status
        self.error = code if status is CallStatus.ERROR else None
        self.latency_ms = self._since(self._started)

    def _first_token(self) -> None:
        self._heard_at = self._monotonic()
        self.used = self._trying or self.used
        self.first_token_ms = self._since(self._started)

    def _since(self, moment: float) -> int:
        return round((self._monotonic() - moment) * 1000)

"""Has the most that a call may cost reserved before anyone is asked."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from app.kit.frozen import frozen
from app.llm.call import Call
from app.llm.cost import NOTHING, Amount, cost_of, prices_of
from app.llm.errors import BudgetExceeded, ChainExhausted, NoModelFits
from app.llm.messages import ModelRef, ModelRequest, Usage
from app.llm.model import Answer, ChatModel
from app.llm.routing.plan import Candidate
from app.llm.routing.suitability import least_tokens

_LONGEST_ANSWER = 16_384
"""In tokens, of a model of which nothing is known, for a caller who sets no limit."""


@frozen
class Limits:
    """In which units the budgets that apply to a call are."""

    usd: bool
    tokens: bool


class Budgets(Protocol):
    def limits(self, request: ModelRequest) -> Limits | None:
        """None when no budget applies. At once, from memory."""
        ...

    async def reserve(self, call: Call, most: Amount) -> None:
        """Holds `most` in every budget that applies to the call, or in none, in place of what was
        held for it before; notes in `call.reservation` by which id. It is held until the call's
        entry is in the ledger.

        Raises `BudgetExceeded`, `BudgetUnavailable`.
        """
        ...


class Unlimited:
    """No budgets at all."""

    def limits(self, request: ModelRequest) -> Limits | None:  # noqa: ARG002  # of the protocol
        return None

    async def reserve(self, call: Call, most: Amount) -> None:
        pass


class Budgeted:
    """Around all attempts. Where dollars are limited, models of unknown price aren't asked: what
    they cost couldn't be held against the limit.

    `racing` says that two models may be asked at the same time.
    """

    def __init__(self, inner: ChatModel, budgets: Budgets, *, racing: bool = False) -> None:
        self._inner = inner
        self._budgets = budgets
        self._racing = racing

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        limits = self._budgets.limits(request)
        if limits is None:
            return await self._inner.open(request, call)
        if limits.usd:
            _leave_unpriced(request, call)
        most = highest(request, call, call.plan.candidates)
        if self._racing:
            most += most
        call.decision = {
            **call.decision,
            "reserved": {"usd": f"{most.usd.normalize():f}", "tokens": most.tokens},
        }
        await self._budgets.reserve(call, most)
        try:
            return await self._inner.open(request, call)
        except ChainExhausted as error:
            if isinstance(error.cause, BudgetExceeded):
                raise error.cause from error
            raise


class Covered:
    """Around each try: when one before it was heard, and so is billed though it failed, there must
    be room for the next beside it."""

    def __init__(self, inner: ChatModel, ref: ModelRef, budgets: Budgets) -> None:
        self._inner = inner
        self._ref = ref
        self._budgets = budgets

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        if call.reservation is not None and any(a.usage is not None for a in call.attempts):
            candidates = [each for each in call.plan.candidates if each.ref == self._ref]
            await self._budgets.reserve(call, billed(call) + highest(request, call, candidates))
        return await self._inner.open(request, call)


def highest(request: ModelRequest, call: Call, candidates: Iterable[Candidate]) -> Amount:
    """The most that one attempt at any of the models costs: of the prompt what the greediest
    vocabulary makes of it, at the price of writing it to a cache if that is dearer, and the longest
    answer that the caller or the model allows, as often as the caller wants it."""
    amounts = [_most(candidate, request, call) for candidate in candidates]
    return Amount(
        max((amount.usd for amount in amounts), default=NOTHING),
        max((amount.tokens for amount in amounts), default=0),
    )


def billed(call: Call) -> Amount:
    """What the attempts so far cost, as far as prices are known."""
    return sum(
        (
            Amount(
                cost_of(attempt, call.plan) or NOTHING,
                attempt.usage.prompt_tokens + attempt.usage.completion_tokens,
            )
            for attempt in call.attempts
            if attempt.usage is not None
        ),
        Amount(),
    )


def _most(candidate: Candidate, request: ModelRequest, call: Call) -> Amount:
    prompt = call.counts.upper(request, candidate.ref)
    answer = 0 if request.inputs else _longest_answer(candidate, request, prompt)
    prices = prices_of(candidate)
    usual = Usage(prompt, answer, pictures=request.pictures)
    usages = usual, replace(usual, cache_write_tokens=prompt)
    return Amount(max(prices.cost(usage) or NOTHING for usage in usages), prompt + answer)


def _longest_answer(candidate: Candidate, request: ModelRequest, prompt: int) -> int:
    facts = candidate.facts
    context = facts.context_length if facts else None
    bounds: Iterable[int | None] = (
        request.max_tokens,
        facts.max_output if facts else None,
        None if context is None else max(0, context - _shortest(request, prompt)),
    )
    known = [bound for bound in bounds if bound is not None]
    return request.answers * (min(known) if known else _LONGEST_ANSWER)


def _shortest(request: ModelRequest, prompt: int) -> int:
    """An elastic prompt leaves more to the answer than it would at its longest."""
    return prompt if request.elastic is None else min(prompt, least_tokens(request))


def _leave_unpriced(request: ModelRequest, call: Call) -> None:
    """Takes the models that nobody knows the price of out of the plan. Raises `NoModelFits` when
    none is left."""
    candidates = call.plan.candidates
    least = Usage(completion_tokens=0 if request.inputs else 1)
    known = tuple(c for c in candidates if prices_of(c).cost(least) is not None)
    if len(known) == len(candidates):
        return
    unpriced = [str(candidate.ref) for candidate in candidates if candidate not in known]
    if not known:
        raise NoModelFits(
            f"a budget in USD applies, and the price of {', '.join(unpriced)} isn't known: find it "
            "out by `python -m app discover`, or set a budget in tokens"
        )
    told = [{"model": name, "why": "no price, under a budget in USD"} for name in unpriced]
    skipped = [*call.decision.get("skipped", ()), *told]
    call.decision = {**call.decision, "skipped": skipped}
    call.plan = replace(call.plan, candidates=known)

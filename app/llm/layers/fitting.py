"""Makes an elastic prompt fit the very model that is asked.

The models of a chain take more or less; each is sent as much as it takes, so that a long
conversation goes on when the model with the longest context is away.
"""

from collections.abc import Callable
from dataclasses import replace

from app.llm.call import Call, Saving
from app.llm.errors import ContextOverflow
from app.llm.messages import Elastic, ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.tokens import most_prompt_tokens, prompt_tokens

CONTEXT = "context"
"""By which name `call.savings` has what was left out."""

_TRIES = 6
_ANSWER = 4_096
"""Tokens that are left to an answer whose length nobody bounds, of a quarter of the context."""


class Fitting:
    """Around each attempt. When the model itself reports that it takes less, it is asked once more
    with less. `window` is how many tokens it is taken to hold where the catalogue doesn't know;
    None: everything."""

    def __init__(self, inner: ChatModel, ref: ModelRef, window: int | None = None) -> None:
        self._inner = inner
        self._ref = ref
        self._unknown = window

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        if request.elastic is None:
            return await self._inner.open(request, call)
        window = self._window(call)
        room = None if window is None else room_in(window, request)
        sent = self._fitted(request, request.elastic, room, call)
        try:
            return await self._inner.open(sent, call)
        except ContextOverflow as overflow:
            room = _less(overflow.limit, request, call.counts.upper(sent, self._ref))
            fewer = self._fitted(request, request.elastic, room, call)
            if fewer.messages == sent.messages:
                raise
        return await self._inner.open(fewer, call)

    def _window(self, call: Call) -> int | None:
        """Tokens of prompt and answer together, None where nobody knows."""
        facts = [each.facts for each in call.plan.candidates if each.ref == self._ref]
        known = facts[0].context_length if facts and facts[0] is not None else None
        return self._unknown if known is None else known

    def _fitted(
        self, request: ModelRequest, elastic: Elastic, room: int | None, call: Call
    ) -> ModelRequest:
        """What is sent; what was left out of it is noted in place of what was for another try."""
        fitted = request
        if room is not None:
            fitted = fit(request, elastic, room, lambda sent: call.counts.upper(sent, self._ref))
        others = tuple(saving for saving in call.savings if saving.strategy != CONTEXT)
        if fitted.messages != request.messages:
            before, after = (call.counts.prompt(each, self._ref) for each in (request, fitted))
            others = (*others, Saving(CONTEXT, before, after))
        call.savings = others
        return fitted


def room_in(window: int, request: ModelRequest) -> int:
    """Tokens that the prompt may have, in a context of `window`."""
    answer = request.max_tokens
    return window - (min(_ANSWER, window // 4) if answer is None else answer)


def fit(
    request: ModelRequest, elastic: Elastic, room: int, most: Callable[[ModelRequest], int]
) -> ModelRequest:
    """The request with as many messages as have `room`, by what the greediest vocabulary could make
    of them: `most`. With the least there can be where that doesn't fit either: a guess that errs on
    the safe side is no reason not to ask."""
    sent, longest = request, most(request)
    around = prompt_tokens(replace(request, messages=()))
    tokens = prompt_tokens(request)
    for _ in range(_TRIES):
        if longest <= room:
            return sent
        tokens = tokens * room // longest
        if tokens - around <= elastic.least:
            break
        sent = replace(request, messages=elastic.within(tokens - around))
        longest = most(sent)
    return sent if longest <= room else replace(request, messages=elastic.within(elastic.least))


def foreseen(request: ModelRequest, window: int) -> ModelRequest:
    """The request as it would be sent to a model that takes `window` tokens, as far as that can be
    told before anybody was asked."""
    if request.elastic is None:
        return request
    return fit(request, request.elastic, room_in(window, request), most_prompt_tokens)


def _less(limit: int | None, request: ModelRequest, sent: int) -> int:
    """Room after the model refused a prompt of up to `sent` tokens."""
    room = sent if limit is None else room_in(limit, request)
    return room if room < sent else sent * 2 // 3

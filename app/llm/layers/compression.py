"""Makes the prompt shorter before anybody has to read it, or pay for it."""

import asyncio

from app.llm.call import Call, Saving
from app.llm.compression import SUMMARY, Texts, named, shorten
from app.llm.compression.conversation import body_texts, changed, texts_of
from app.llm.compression.strategies import tokens_of
from app.llm.compression.summary import Summariser
from app.llm.messages import ModelRequest, Task
from app.llm.model import Answer, ChatModel

_LONG = 20_000
"""Characters from which on the work is left to a thread: a few milliseconds' worth."""


class Compressed:
    """By the strategies that the wishes name, none by themselves; raises `UnknownStrategy`. What
    each saved is noted in `call.savings`.

    Old turns are summarised first, so that no reference is left to something that isn't there.
    """

    def __init__(self, inner: ChatModel, summariser: Summariser) -> None:
        self._inner = inner
        self._summariser = summariser

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        names = named(request.wishes.compress or ())
        if names and request.messages:
            request = await self._shortened(request, names, call)
        return await self._inner.open(request, call)

    async def _shortened(
        self, request: ModelRequest, names: tuple[str, ...], call: Call
    ) -> ModelRequest:
        savings: tuple[Saving, ...] = ()
        if SUMMARY in names and request.task is not Task.SUMMARY:
            request, saving = await self._summarised(request)
            savings = (saving,)
        texts, told = await _in_the_background(texts_of(request.messages), names)
        said = texts
        if request.body is not None and (before := body_texts(request.body)) != texts_of(
            request.messages
        ):
            said, _ = await _in_the_background(before, names)
        call.savings = (*savings, *told)
        return changed(request, texts, said)

    async def _summarised(self, request: ModelRequest) -> tuple[ModelRequest, Saving]:
        condensed = await self._summariser.condense(request)
        before = tokens_of(texts_of(request.messages))
        after = tokens_of(texts_of(condensed.messages))
        if after >= before:
            return request, Saving(SUMMARY, before, before)
        return condensed, Saving(SUMMARY, before, after)


async def _in_the_background(
    texts: Texts, names: tuple[str, ...]
) -> tuple[Texts, tuple[Saving, ...]]:
    if sum(map(len, texts)) < _LONG:
        return shorten(texts, names)
    return await asyncio.to_thread(shorten, texts, names)

"""Holds an answer back until it is complete."""

from app.llm.call import Call
from app.llm.messages import ModelRequest
from app.llm.model import Answer, ChatModel


class Whole:
    """Its first event comes with the last one in hand, so that retry and fallback, which act until
    the first event, cover the whole answer. For callers who can't use half of one."""

    def __init__(self, inner: ChatModel) -> None:
        self._inner = inner

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        return await (await self._inner.open(request, call)).whole()

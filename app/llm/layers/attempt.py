"""Writes each try at a model into the call's notebook."""

from app.llm.call import Call
from app.llm.errors import LLMError
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel


class Noted:
    """Ends the attempt only where it failed to begin: an answer ends when it was heard out."""

    def __init__(self, inner: ChatModel, ref: ModelRef) -> None:
        self._inner = inner
        self._ref = ref

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        call.begin_attempt(self._ref, request)
        try:
            return await self._inner.open(request, call)
        except LLMError as error:
            call.bill(error.usage)
            call.end_attempt(error.code, error.message, counts=error.blames_model)
            raise

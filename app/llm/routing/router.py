"""Tries the models of a call's plan in turn, until one of them begins to answer."""

from collections.abc import Callable

from app.llm.call import Call
from app.llm.errors import ChainExhausted, LeftAlone, LLMError
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel


class Router:
    """A model made of many. `attempt` makes the model for a reference."""

    def __init__(self, attempt: Callable[[ModelRef], ChatModel]) -> None:
        self._attempt = attempt

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        """Raises `ChainExhausted` when all failed.

        An open breaker saves the time of a call that likely fails, for the next model to use. With
        none left there is nothing to save it for: then the first that was left alone is asked.
        """
        failure: LLMError | None = None
        left_alone: list[ChatModel] = []
        for candidate in call.plan.candidates:
            model = self._attempt(candidate.ref)
            try:
                return await model.open(request, call)
            except LLMError as error:
                failure = error
                if isinstance(error, LeftAlone):
                    left_alone.append(model)
        for model in left_alone[:1]:
            call.last_resort = True
            try:
                return await model.open(request, call)
            except LLMError as error:
                failure = error
        if failure is None:
            raise AssertionError("a plan has at least one candidate")
        raise ChainExhausted(tuple(call.attempts), failure) from failure

"""Tries the models of the chain in turn, until one of them begins to answer."""

from collections.abc import Callable

from app.llm.call import Call
from app.llm.errors import ChainExhausted, LeftAlone, LLMError, ProviderDisabled
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.chain import Chains


class Router:
    """A model made of a chain of models.

    `attempt` makes the model for a reference and raises `ProviderDisabled` when its provider isn't
    configured: that is told about the model asked for, and skipped over in the fallbacks.
    """

    def __init__(self, chains: Chains, attempt: Callable[[ModelRef], ChatModel]) -> None:
        self._chains = chains
        self._attempt = attempt

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        """Raises `ChainExhausted` when all failed, `ProviderDisabled` when none could be asked.

        An open breaker saves the time of a call that likely fails, for the next model to use. With
        none left there is nothing to save it for: then the first that was left alone is asked.
        """
        failure: LLMError | None = None
        left_alone: list[ChatModel] = []
        for model in self._models(request):
            try:
                return await model.open(request, call)
            except LLMError as error:
                failure = error
                if isinstance(error, LeftAlone):
                    left_alone.append(model)
        if failure is None:
            raise _nothing_at_hand(request)
        for model in left_alone[:1]:
            call.last_resort = True
            try:
                return await model.open(request, call)
            except LLMError as error:
                failure = error
        raise ChainExhausted(tuple(call.attempts), failure) from failure

    def _models(self, request: ModelRequest) -> list[ChatModel]:
        models = [] if request.model is None else [self._attempt(request.model)]
        for ref in self._chains.fallbacks(request):
            try:
                models.append(self._attempt(ref))
            except ProviderDisabled:
                continue
        return models


def _nothing_at_hand(request: ModelRequest) -> ProviderDisabled:
    return ProviderDisabled(
        f"No model is at hand for '{request.task}': name one in the request, or set "
        "LLM_CHAIN to models of configured providers, as in "
        "LLM_CHAIN=openrouter:openai/gpt-5-mini,ollama:llama3.2:3b"
    )

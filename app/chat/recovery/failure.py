"""The last word when nobody answers: what went wrong, and what to do about it."""

from app.chat.events import Broke
from app.errors import AppError
from app.llm import ChainExhausted, FreeModelsExhausted, LLMError

_INSTEAD = "try again in a while, name another model, or add models to LLM_CHAIN_CHAT"


def may_repeat(error: AppError) -> bool:
    """Whether an earlier answer will do: all models are busy, away or closed to us, and none
    refused what was asked."""
    if isinstance(error, ChainExhausted):
        return error.cause.retryable or error.cause.blames_model
    return isinstance(error, FreeModelsExhausted)


def broke(error: AppError) -> Broke:
    """By an error before an answer, or in mid-answer."""
    if isinstance(error, ChainExhausted):
        message = f"{error.message}. The same was never answered before: {_INSTEAD}"
        if not may_repeat(error):
            message = error.message
        return Broke(error.code, message, retryable=error.cause.retryable)
    return Broke(error.code, error.message, retryable=error.retryable)


def broke_off(error: LLMError) -> Broke:
    """After some of the answer was said: another try makes a new one."""
    return Broke(error.code, f"{error.message}. What was said is kept", retryable=error.retryable)


BUG = Broke(
    "INTERNAL_ERROR", "something went wrong inside; the log has the details", retryable=False
)

"""What can go wrong on the way to a model, and whose fault it is.

LLMError
├── ProviderDisabled      400 LLM_PROVIDER_DISABLED     ours: unknown, switched off, no key
│   └── NoModelAtHand     … nobody named a model, and none is known
├── NoAccount             404 LLM_NO_ACCOUNT            no such thing at this provider
├── UnknownModel          404 LLM_MODEL_NOT_FOUND       a name that stands for no model
│   └── RetiredModel      … any more
├── NoModelFits           400 LLM_NO_MODEL_FITS         none of the models named can do this
├── PromptTooLong         400 LLM_PROMPT_TOO_LONG       the prompt fits into none of them
├── FreeModelsExhausted   429 LLM_FREE_MODELS_EXHAUSTED free only, and none is free to use now
├── BudgetExceeded        402 LLM_BUDGET_EXCEEDED       this call could cost more than is left
├── BudgetUnavailable     503 LLM_BUDGET_UNAVAILABLE    what is left of one can't be found out now
├── ModelTimeout          503 LLM_TIMEOUT               silent past one of the four time-outs
├── ProviderUnavailable   503 LLM_PROVIDER_UNAVAILABLE  refused, 5xx, overloaded, breaker open
│   └── RateLimited       … asked too often
│       └── CoolingDown   … and not asked again before it said
├── BadGateway            502 LLM_BAD_GATEWAY           answered, but nothing usable
│   ├── TokensSpent       … it thought until its tokens were spent
│   └── RequestRefused    … a 4xx about this very request or key: trying again won't help
│       └── ContextOverflow … the prompt is longer than this model takes
└── ChainExhausted        every model of the chain failed; carries each attempt and its cause
"""

import logging
from datetime import datetime
from itertools import groupby

from app.errors import AppError
from app.llm.messages import Attempt, Usage


class LLMError(AppError):
    """`blames_model` says that it tells something about how the model is. A refusal of what was
    asked doesn't, and neither does an attempt that never reached it. `usage` is what the vendor
    counted for an answer that was of no use."""

    level = logging.WARNING
    blames_model: bool = True
    usage: Usage | None = None


class ProviderDisabled(LLMError):
    code = "LLM_PROVIDER_DISABLED"
    status = 400
    level = logging.INFO


class NoModelAtHand(ProviderDisabled):
    """Any model would do, and none is known that could be asked."""


class NoAccount(LLMError):
    """The provider tells nothing of what a key has used and has left."""

    code = "LLM_NO_ACCOUNT"
    status = 404
    level = logging.INFO


class UnknownModel(LLMError):
    """No provider and no catalogue row goes by this name."""

    code = "LLM_MODEL_NOT_FOUND"
    status = 404
    level = logging.INFO


class RetiredModel(UnknownModel):
    """The catalogue knows it from earlier; its provider no longer lists it."""


class NoModelFits(LLMError):
    """Of the models that could be asked, none can do what the call needs."""

    code = "LLM_NO_MODEL_FITS"
    status = 400
    level = logging.INFO


class PromptTooLong(LLMError):
    """The prompt fits into no model of the chain; the message has the numbers."""

    code = "LLM_PROMPT_TOO_LONG"
    status = 400
    level = logging.INFO


class FreeModelsExhausted(LLMError):
    """Every free model that suits has used up what it may. `retry_after` in seconds."""

    code = "LLM_FREE_MODELS_EXHAUSTED"
    status = 429
    retryable = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BudgetExceeded(LLMError):
    """A budget can't cover the most that this call may cost. `resets_at` is when it starts anew."""

    code = "LLM_BUDGET_EXCEEDED"
    status = 402
    level = logging.INFO
    blames_model = False

    def __init__(self, message: str, *, resets_at: datetime) -> None:
        super().__init__(message)
        self.resets_at = resets_at


class BudgetUnavailable(LLMError):
    """A budget applies, and what is left of it can't be found out at the moment."""

    code = "LLM_BUDGET_UNAVAILABLE"
    status = 503
    retryable = True
    blames_model = False


class ModelTimeout(LLMError):
    code = "LLM_TIMEOUT"
    status = 503
    retryable = True


class ProviderUnavailable(LLMError):
    """`retry_after` in seconds, as the vendor asked; None when it didn't say."""

    code = "LLM_PROVIDER_UNAVAILABLE"
    status = 503
    retryable = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LeftAlone(ProviderUnavailable):
    """The model wasn't asked: its breaker is open, or its provider isn't there."""

    blames_model = False


class RateLimited(ProviderUnavailable):
    pass


class CoolingDown(RateLimited):
    """The model wasn't asked: it said when to come back, and that is later."""

    blames_model = False


class BadGateway(LLMError):
    code = "LLM_BAD_GATEWAY"
    status = 502
    retryable = True


class TokensSpent(BadGateway):
    """All tokens that it was allowed went into thinking. It would be no other the next time."""

    retryable = False


class RequestRefused(BadGateway):
    retryable = False

    def __init__(self, message: str, *, upstream_status: int) -> None:
        super().__init__(message)
        self.upstream_status = upstream_status
        self.blames_model = upstream_status in (401, 402, 403)


class ContextOverflow(RequestRefused):
    """The model says that prompt and answer are longer than it takes. `limit` is how many tokens
    that is, where it says so."""

    def __init__(self, message: str, *, upstream_status: int, limit: int | None) -> None:
        super().__init__(message, upstream_status=upstream_status)
        self.limit = limit


class ChainExhausted(LLMError):
    """Takes code, status and `retry_after` from the last attempt, and names them all in its
    message."""

    def __init__(self, attempts: tuple[Attempt, ...], cause: LLMError) -> None:
        told = groupby(f"{a.model}: {a.message}" for a in attempts)
        tried = "; ".join(_times(attempt, len([*equal])) for attempt, equal in told)
        super().__init__(f"every model failed: {tried}")
        self.attempts = attempts
        self.cause = cause
        self.code = cause.code  # type: ignore[misc]  # the class's default gives way to the cause
        self.status = cause.status  # type: ignore[misc]
        self.retry_after: float | None = getattr(cause, "retry_after", None)


def _times(told: str, count: int) -> str:
    return told if count == 1 else f"{told} ({count} times)"

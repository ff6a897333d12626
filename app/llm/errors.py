"""What can go wrong on the way to a model, and whose fault it is.

LLMError
├── ProviderDisabled      400 LLM_PROVIDER_DISABLED     ours: unknown, switched off, no key
├── ModelTimeout          503 LLM_TIMEOUT               silent past one of the four time-outs
├── ProviderUnavailable   503 LLM_PROVIDER_UNAVAILABLE  refused, 5xx, overloaded, breaker open
│   └── RateLimited       … asked too often
├── BadGateway            502 LLM_BAD_GATEWAY           answered, but nothing usable
│   └── RequestRefused    … a 4xx about this very request or key: trying again won't help
└── ChainExhausted        every model of the chain failed; carries each attempt and its cause
"""

import logging

from app.errors import AppError
from app.llm.messages import Attempt


class LLMError(AppError):
    level = logging.WARNING


class ProviderDisabled(LLMError):
    code = "LLM_PROVIDER_DISABLED"
    status = 400
    level = logging.INFO


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
    """The model wasn't asked: its breaker is open."""


class RateLimited(ProviderUnavailable):
    pass


class BadGateway(LLMError):
    code = "LLM_BAD_GATEWAY"
    status = 502
    retryable = True


class RequestRefused(BadGateway):
    retryable = False

    def __init__(self, message: str, *, upstream_status: int) -> None:
        super().__init__(message)
        self.upstream_status = upstream_status


class ChainExhausted(LLMError):
    """Takes code and status from the last attempt, and names them all in its message."""

    def __init__(self, attempts: tuple[Attempt, ...], cause: LLMError) -> None:
        tried = "; ".join(f"{a.model}: {a.message}" for a in attempts)
        super().__init__(f"every model failed: {tried}")
        self.attempts = attempts
        self.cause = cause
        self.code = cause.code  # type: ignore[misc]  # the class's default gives way to the cause
        self.status = cause.status  # type: ignore[misc]

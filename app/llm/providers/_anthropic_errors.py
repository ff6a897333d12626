"""What Anthropic's SDK raises, in our words."""

import anthropic
import httpx2

from app.kit import json
from app.llm.errors import LLMError
from app.llm.providers._sdk_failures import SdkFailures
from app.llm.providers._sdk_http import unreachable

ERRORS = (anthropic.AnthropicError, httpx2.HTTPError, UnicodeDecodeError)
"""A connection that is lost in mid-stream isn't the SDK's own error, nor is what isn't UTF-8."""

_SPENT = ("spend_limit", "billing", "credit balance")


def begin_failed(error: Exception, failures: SdkFailures) -> LLMError:
    """No answer began."""
    if isinstance(error, anthropic.APIStatusError):
        return _from_status(error, failures)
    cause = error.__cause__ if isinstance(error, anthropic.APIConnectionError) else error
    return unreachable(cause or error, failures)


def _from_status(error: anthropic.APIStatusError, failures: SdkFailures) -> LLMError:
    """A limit of money is a 429 like one of speed, but waiting doesn't help against it."""
    status, message = error.status_code, error.api_message or ""
    about = f"{error.error_code} {error.type} {message}".lower()
    if 400 <= status < 500 and any(word in about for word in _SPENT):
        advice = "add credits or raise the limit there, or use another model"
        return failures.refused(status, message, advice, meant=402)
    body = error.body if isinstance(error.body, str) else json.dumps(error.body).decode()
    return failures.from_status(status, body, error.response.headers)

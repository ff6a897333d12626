"""Turns whatever goes wrong with a model into one of our errors, in words that help.

Every message names provider and model and says what to do; none holds a key.
"""

from collections.abc import Mapping
from types import MappingProxyType

from app.kit.clock import Clock, utc_now
from app.llm.errors import (
    BadGateway,
    ContextOverflow,
    LLMError,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    TokensSpent,
)
from app.llm.providers._aiohttp import aiohttp
from app.llm.providers._error_body import Said, read_error, read_error_object
from app.llm.providers._overflow import overflow_in
from app.llm.providers._transport import timed_out
from app.llm.providers._waits import retry_after
from app.llm.providers.registry import ProviderRow

_TRY = "try again, or another model"
_EXCERPT = 300
_TRACES = ("x-generation-id", "x-request-id", "request-id")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})

_ADVICE = {
    "free_variant_ended": "its free variant has ended: ask for it without `:free`, or for another",
    "model_deprecated": "it was retired: ask for another model",
    "no_endpoints": "nobody serves it at the moment: ask for another model",
    "region_restricted": "it isn't served in your region: ask for another model",
    "privacy_restricted": "your privacy settings there leave nobody who serves it: loosen them, or "
    "ask for another model",
    "constraint_filtered": "the request's `provider` preferences or parameters leave nobody who "
    "serves it: loosen them, or ask for another model",
    "wrong_endpoint": "it isn't for conversations: ask for another model",
    "insufficient_quota": "add credits, or use another model",
}
"""What to do, by the vendor's own word for what is wrong."""


class Failures:
    """The errors of one model at one provider. `secret` is blotted out of what upstream says."""

    def __init__(
        self, row: ProviderRow, model: str, secret: str = "", *, clock: Clock = utc_now
    ) -> None:
        self._row = row
        self._model = model
        self._who = f"{row.title} ({model})" if model else row.title
        self._secret = secret
        self._clock = clock

    def timeout(self, what: str, seconds: float) -> ModelTimeout:
        return ModelTimeout(f"{self._who} {what} within {seconds:g} s; {_TRY}")

    def unreachable(self, error: Exception) -> LLMError:
        """No connection, or one that was closed before an answer."""
        if timed_out(error):
            return ModelTimeout(f"{self._who} can't be connected to in time; {self._row.remedy}")
        if isinstance(error, aiohttp.ClientResponseError):
            return self.misplaced("answered with something that isn't HTTP")
        return ProviderUnavailable(f"{self._who} can't be reached; {self._row.remedy}")

    def unusable(self, what: str, advice: str = _TRY) -> BadGateway:
        return BadGateway(f"{self._who} {what}; {advice}")

    def spent(self) -> TokensSpent:
        what = "spent all of max_tokens before it said anything"
        return TokensSpent(f"{self._who} {what}; allow it more, or ask another model")

    def misplaced(self, what: str) -> BadGateway:
        """Something else than a model's server lives at the address."""
        return self.unusable(what, f"check {self._row.url_variable}")

    def from_status(
        self, status: int, body: str, headers: Mapping[str, str] | None = None
    ) -> LLMError:
        return self._from(status, read_error(body), headers or _NO_HEADERS)

    def from_payload(self, payload: object) -> LLMError:
        """An error object inside an answer of status 200, first thing or in mid-stream."""
        said = read_error_object(payload)
        if said.status is None:
            return self.unusable(f"broke off with an error{self._quoted(said.message)}")
        return self._from(said.status, said, _NO_HEADERS)

    def _from(self, status: int, said: Said, headers: Mapping[str, str]) -> LLMError:
        text = f"{self._who} answered {status}{_trace(headers)}{self._quoted(said.message)}"
        wait = self._wait(said, headers)
        if status < 400:
            return self.misplaced(f"answered {status}, which is no answer")
        if status == 402 and said.settling and wait is not None:
            return RateLimited(f"{text}; wait for the calls under way", retry_after=wait)
        if status == 429 and said.kind != "insufficient_quota":
            return RateLimited(f"{text}; wait, or use another model", retry_after=wait)
        if status == 408:
            return ModelTimeout(f"{text}; {_TRY}")
        if status >= 500 and said.retryable is not False:
            return ProviderUnavailable(f"{text}; {_TRY}", retry_after=wait)
        return self._refused(status, said, text)

    def _refused(self, status: int, said: Said, text: str) -> RequestRefused:
        overflow = overflow_in(said)
        if overflow is None:
            return RequestRefused(f"{text}; {self._advice(status, said)}", upstream_status=status)
        return ContextOverflow(
            f"{text}; shorten it, or use a model that takes more",
            upstream_status=status,
            limit=overflow.limit,
        )

    def _wait(self, said: Said, headers: Mapping[str, str]) -> float | None:
        asked = retry_after(headers, self._clock)
        if asked is None:
            asked = said.retry_after
        return retry_after(said.headers, self._clock) if asked is None else asked

    def _advice(self, status: int, said: Said) -> str:
        instead = f"; it suggests {', '.join(said.suggested)}" if said.suggested else ""
        return f"{self._remedy(status, said)}{instead}"

    def _remedy(self, status: int, said: Said) -> str:
        row = self._row
        if said.kind in _ADVICE:
            return _ADVICE[said.kind]
        if status in (401, 403):
            return f"check {row.key_variable}"
        if status == 402:
            return f"add credits at {row.title}, or use another model"
        if status == 404 or row.says_absent(said.message):
            return row.unknown_model.format(model=self._model or "MODEL")
        return "the request doesn't suit this model"

    def _quoted(self, text: str) -> str:
        if self._secret:
            text = text.replace(self._secret, "***")
        return f": {text[:_EXCERPT]}" if text else ""


def _trace(headers: Mapping[str, str]) -> str:
    """The name by which the vendor's support can find the call."""
    found = next((headers[name] for name in _TRACES if headers.get(name)), "")
    return f" ({found[:100]})" if found.isprintable() and found else ""

"""What the vendors' SDKs have in common below them: httpx2. Imported only where an SDK is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx2

from app.llm.errors import LLMError
from app.llm.providers._failures import Failures
from app.llm.timeouts import Timeouts

_POOL = httpx2.Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=60)
_NEAR = ("all://localhost", "all://127.0.0.1", "all://[::1]")

_responses: ContextVar[list[httpx2.Response] | None] = ContextVar("responses", default=None)


class SdkHttp(httpx2.AsyncClient):
    """One pool of connections. Only connecting has a time-out in here, whatever an SDK asks for:
    none of httpx2's can tell a token from a comment, so the rest is watched from outside.

    What runs on this machine is asked directly, past any proxy. Redirects aren't followed: they
    would carry the key to wherever they lead.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__(
            timeout=httpx2.Timeout(None, connect=timeouts.connect, pool=timeouts.connect),
            limits=_POOL,
            mounts=dict.fromkeys(_NEAR),
        )

    def build_request(self, *args: Any, **options: Any) -> httpx2.Request:
        return super().build_request(*args, **{**options, "timeout": self.timeout})

    async def send(self, *args: Any, **options: Any) -> httpx2.Response:
        response = await super().send(*args, **options)
        if (kept := _responses.get()) is not None:
            kept.append(response)
        return response


@contextmanager
def responses() -> Iterator[list[httpx2.Response]]:
    """Those that arrive within the block: an SDK that gives out no response leaves no other way to
    hang up at once."""
    kept: list[httpx2.Response] = []
    token = _responses.set(kept)
    try:
        yield kept
    finally:
        _responses.reset(token)


def unreachable(error: BaseException, failures: Failures) -> LLMError:
    """No connection, or one that was closed before an answer."""
    if isinstance(error, httpx2.TimeoutException):
        return failures.unreachable(TimeoutError())
    never_http = isinstance(error, httpx2.RemoteProtocolError | httpx2.DecodingError)
    if never_http and "disconnected" not in str(error):
        return failures.misplaced("answered with something that isn't HTTP")
    return failures.unreachable(ConnectionError())

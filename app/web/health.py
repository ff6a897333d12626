"""Asking the parts of the service how they are, without waiting for one that hangs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from app.errors import FieldIssue, Unavailable
from app.kit.deadline import within
from app.kit.frozen import frozen

log = structlog.get_logger()

Check = Callable[[], Awaitable[str | None]]
"""Returns None when all is well, else the reason, in words fit for anybody to read."""

TIMEOUT_SECONDS = 0.8
KEPT_SECONDS = 1.0


class NotReady(Unavailable):
    """This process can't serve requests yet, or not at the moment; `details` says why."""

    code = "NOT_READY"

    def __init__(self, reasons: Mapping[str, str]) -> None:
        told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        details = tuple(FieldIssue(name, reason) for name, reason in reasons.items())
        super().__init__(f"not ready: {told}", details=details)


class BoundedCheck:
    """A check around a check: never raises, never takes long, never asked twice at once."""

    def __init__(
        self,
        check: Check,
        *,
        timeout: float = TIMEOUT_SECONDS,
        kept: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check = check
        self._timeout = timeout
        self._kept = kept
        self._clock = clock
        self._lock = asyncio.Lock()
        self._result: str | None = None
        self._asked_at = float("-inf")

    async def __call__(self) -> str | None:
        async with self._lock:
            if self._clock() - self._asked_at >= self._kept:
                self._result = await self._ask()
                self._asked_at = self._clock()
            return self._result

    async def _ask(self) -> str | None:
        try:
            return await within(self._timeout, self._check())
        except TimeoutError:
            return f"no answer within {self._timeout:g} s"
        except Exception as error:  # noqa: BLE001  # whatever it is, this part isn't well
            log.debug("health.check_failed", error=type(error).__name__)
            return "not reachable"


@frozen
class ModelsHealth:
    """`provider` is the default one's name, `offline` where none is configured."""

    available: bool
    provider: str


@frozen
class Health:
    """What the endpoints here need; kept in the lifespan's state as `health`.

    `readiness` by name of the part; `database` is the one of them that `/api/v1/health` shows.
    `models` answers from memory.
    """

    app_name: str
    version: str
    database: BoundedCheck
    readiness: Mapping[str, BoundedCheck]
    models: Callable[[], ModelsHealth]

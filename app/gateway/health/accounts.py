"""What keys have left at their vendors, told as often as anybody asks, asked for now and then."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import structlog

from app.gateway.health.refreshed import Refreshed
from app.llm import Account, LLMClient, LLMError, ModelTimeout, ProviderUnavailable

log = structlog.get_logger()

_KEPT = 10.0
_PATIENCE = 11.0  # the vendor has 10


class Accounts:
    """A vendor is asked once in ten seconds at most, however many look. One for the process."""

    def __init__(self, client: LLMClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._by_provider: dict[str, Refreshed[Account | LLMError]] = {}

    async def of(self, provider: str) -> Account:
        """Some seconds old at most. Raises `ProviderDisabled`, `NoAccount`, or whatever `LLMError`
        kept the vendor from telling."""
        self._client.require(provider)
        told = await self._kept(provider).get(_PATIENCE)
        if isinstance(told, LLMError):
            raise told.with_traceback(None)
        return told

    async def aclose(self) -> None:
        await asyncio.gather(*(kept.aclose() for kept in self._by_provider.values()))

    def _kept(self, provider: str) -> Refreshed[Account | LLMError]:
        """As many as there are providers: others were refused."""
        if provider not in self._by_provider:
            self._by_provider[provider] = Refreshed(
                partial(self._ask, provider),
                first=ModelTimeout(f"{provider} was asked and hasn't answered yet"),
                kept=_KEPT,
                clock=self._clock,
            )
        return self._by_provider[provider]

    async def _ask(self, provider: str) -> Account | LLMError:
        try:
            return await self._client.account(provider)
        except LLMError as error:
            return error
        except Exception:
            log.exception("accounts.not_asked", provider=provider)
            return ProviderUnavailable(f"{provider} can't be asked; the log says why")

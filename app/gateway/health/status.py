"""How the default provider and the database are, told at once to every page that loads."""

import asyncio
import time
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

import structlog

from app.gateway.health.refreshed import Refreshed
from app.gateway.health.schemas import DatabaseReport, ModelsReport, StatusReport
from app.kit.deadline import within
from app.llm import OFFLINE, LLMClient, LLMError, ProviderDisabled
from app.web import BoundedCheck, ModelsHealth

log = structlog.get_logger()

_MODELS_KEPT = 5.0
_MODELS_TIMEOUT = 3.0
_DATABASE_KEPT = 1.0
_START_SECONDS = 1.0
_NOT_YET = "it was asked and hasn't answered yet"


class ModelStatus:
    """Open while the block runs. Entering it makes the first checks; later ones are made in the
    background, when somebody asks and the last one is old.

    `database_url` is what anybody may read.
    """

    def __init__(
        self,
        client: LLMClient,
        database_check: BoundedCheck,
        database_url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._provider = client.default_provider
        self._check = database_check
        self._url = database_url
        self._models = Refreshed(
            self._ask_models, first=self._unavailable(_NOT_YET), kept=_MODELS_KEPT, clock=clock
        )
        self._database = Refreshed(
            self._ask_database, first=self._reached(_NOT_YET), kept=_DATABASE_KEPT, clock=clock
        )

    async def __aenter__(self) -> Self:
        await asyncio.gather(self._models.get(_START_SECONDS), self._database.get(_START_SECONDS))
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await asyncio.gather(self._models.aclose(), self._database.aclose())

    async def report(self) -> StatusReport:
        """In milliseconds, whatever is away or hangs."""
        models, database = await asyncio.gather(self._models.get(), self._database.get())
        return StatusReport(llm=models, database=database)

    def health(self) -> ModelsHealth:
        models = self._models.peek()
        return ModelsHealth(available=models.available, provider=models.provider)

    async def _ask_models(self) -> ModelsReport:
        if self._provider == OFFLINE:
            return self._available((OFFLINE,))
        try:
            asked = self._client.list_models(self._provider)
            return self._available(await within(_MODELS_TIMEOUT, asked))
        except LLMError as error:
            return self._unavailable(error.message)
        except TimeoutError:
            return self._unavailable(f"no answer within {_MODELS_TIMEOUT:g} s")
        except Exception:
            log.exception("status.models_check_failed", provider=self._provider)
            return self._unavailable("it can't be asked; the log says why")

    async def _ask_database(self) -> DatabaseReport:
        return self._reached(await self._check())

    def _available(self, models: tuple[str, ...]) -> ModelsReport:
        return ModelsReport(
            available=True,
            provider=self._provider,
            base_url=self._base_url(),
            models=list(models),
            error=None,
        )

    def _unavailable(self, error: str) -> ModelsReport:
        return ModelsReport(
            available=False,
            provider=self._provider,
            base_url=self._base_url(),
            models=[],
            error=error,
        )

    def _reached(self, error: str | None) -> DatabaseReport:
        return DatabaseReport(available=error is None, url=self._url, error=error)

    def _base_url(self) -> str | None:
        try:
            return without_secrets(self._client.base_url(self._provider))
        except ProviderDisabled:
            return None


def without_secrets(url: str) -> str:
    """Scheme, host, port and path of `url`: no user, password, query or fragment."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()

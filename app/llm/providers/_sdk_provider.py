"""A provider that is asked through its vendor's own SDK, imported when first needed."""

import asyncio
from abc import ABC, abstractmethod
from typing import Protocol

from app.kit import garbage
from app.llm.call import Call
from app.llm.catalogue.facts import ModelFacts
from app.llm.messages import ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.providers.connection import Connection
from app.llm.providers.registry import ProviderRow
from app.llm.timeouts import Timeouts


class Service(Protocol):
    """What is behind the SDK."""

    def model(self, name: str) -> ChatModel: ...

    async def facts(self) -> tuple[ModelFacts, ...]: ...

    async def aclose(self) -> None: ...


class SdkProvider(ABC):
    """Lives as long as the process. `_open` imports the SDK, which takes most of a second, and so
    runs in a thread: all other calls would wait for it. Time-outs are the vendor's, and only begin
    when it is done. One that is abandoned on the way is begun again."""

    def __init__(self, row: ProviderRow, connection: Connection, timeouts: Timeouts) -> None:
        self.row = row
        self.base_url = (connection.base_url or row.base_url).rstrip("/")
        self._key = connection.api_key.get_secret_value() if connection.api_key else ""
        self._timeouts = timeouts
        self._service: Service | None = None
        self._opening = asyncio.Lock()

    def model(self, name: str) -> "SdkModel":
        return SdkModel(self, name)

    async def list_models(self) -> tuple[str, ...]:
        """The ids, in the provider's order. Raises `LLMError`, within 5 s."""
        return tuple(facts.ref.model for facts in await self.facts())

    async def look(self) -> None:
        await self.list_models()

    async def facts(self) -> tuple[ModelFacts, ...]:
        """What the vendor tells of its models; prices are no part of it. Raises `LLMError`, within
        5 s."""
        return await (await self.service()).facts()

    async def aclose(self) -> None:
        if self._service is not None:
            await self._service.aclose()

    async def service(self) -> Service:
        if self._service is None:
            async with self._opening:
                if self._service is None:
                    self._service = await garbage.load(self._open)
        return self._service

    @abstractmethod
    def _open(self) -> Service: ...


class SdkModel:
    def __init__(self, provider: SdkProvider, name: str) -> None:
        self._provider = provider
        self._name = name

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        service = await self._provider.service()
        return await service.model(self._name).open(request, call)

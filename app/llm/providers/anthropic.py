"""Anthropic, through its own SDK."""

from app.llm.providers._sdk_provider import SdkProvider, Service


class AnthropicProvider(SdkProvider):
    def _open(self) -> Service:
        from app.llm.providers._anthropic_service import (  # noqa: PLC0415  # slow to import
            AnthropicService,
        )

        return AnthropicService(self.row, self.base_url, self._key, self._timeouts)

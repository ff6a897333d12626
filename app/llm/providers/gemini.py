"""Gemini, through Google's SDK."""

from app.llm.providers._sdk_provider import SdkProvider, Service


class GeminiProvider(SdkProvider):
    def _open(self) -> Service:
        from app.llm.providers._gemini_service import (  # noqa: PLC0415  # slow to import
            GeminiService,
        )

        return GeminiService(self.row, self.base_url, self._key, self._timeouts)

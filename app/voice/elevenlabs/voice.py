"""A voice as ElevenLabs tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VendorVoice:
    voice_id: str
    name: str
    category: str | None
    description: str | None
    labels: Mapping[str, str]
    preview_url: str | None

"""A voice as ElevenLabs tells of it."""

from collections.abc import Mapping

from app.kit.frozen import frozen


@frozen
class VendorVoice:
    voice_id: str
    name: str
    category: str | None
    description: str | None
    labels: Mapping[str, str]
    preview_url: str | None

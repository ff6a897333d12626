"""What the SDK hands over, unchecked as it is, as values of ours."""

from base64 import b64decode
from typing import Any

from app.voice.elevenlabs.voice import VendorVoice
from app.voice.errors import VoiceUnusable
from app.voice.utterance import Sound

_LONGEST = 2000
"""Characters of anything that a voice tells of itself."""


def sound_of(piece: Any) -> Sound:
    """Raises `VoiceUnusable` when it isn't a timed piece of speech."""
    try:
        audio = b64decode(piece.audio_base_64 or "", validate=True)
        alignment = piece.alignment
        if alignment is None:
            return Sound(audio)
        characters = tuple(map(str, alignment.characters))
        starts = tuple(map(float, alignment.character_start_times_seconds))
        ends = tuple(map(float, alignment.character_end_times_seconds))
    except (AttributeError, TypeError, ValueError) as error:
        raise VoiceUnusable("sent something that is no speech") from error
    if not len(characters) == len(starts) == len(ends):
        raise VoiceUnusable("sent times that don't go with their characters")
    return Sound(audio, characters, starts, ends)


def voice_of(told: Any) -> VendorVoice | None:
    """None when it has no id."""
    voice_id = getattr(told, "voice_id", None)
    if not isinstance(voice_id, str) or not voice_id:
        return None
    labels = getattr(told, "labels", None)
    return VendorVoice(
        voice_id=voice_id[:_LONGEST],
        name=_text(told, "name") or voice_id,
        category=_text(told, "category"),
        description=_text(told, "description"),
        labels=_labels(labels) if isinstance(labels, dict) else {},
        preview_url=_text(told, "preview_url"),
    )


def _text(told: Any, name: str) -> str | None:
    found = getattr(told, name, None)
    return found[:_LONGEST] if isinstance(found, str) else None


def _labels(labels: dict[Any, Any]) -> dict[str, str]:
    return {
        str(name)[:_LONGEST]: str(value)[:_LONGEST]
        for name, value in list(labels.items())[:50]
        if value is not None
    }

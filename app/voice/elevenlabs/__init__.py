"""ElevenLabs: the one place that asks it anything."""

from app.voice.elevenlabs.client import ElevenLabs, VendorOptions
from app.voice.elevenlabs.voice import VendorVoice

__all__ = ["ElevenLabs", "VendorOptions", "VendorVoice"]

"""Speech to text."""

from app.voice.transcription.service import Transcription
from app.voice.transcription.transcript import Recording, Transcript, Word

__all__ = ["Recording", "Transcript", "Transcription", "Word"]

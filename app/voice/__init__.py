"""Aloud: text becomes speech, and speech text, through ElevenLabs."""

from app.voice.casting import Casting, Character
from app.voice.clips import Bucket
from app.voice.dependencies import InVoice, Timed
from app.voice.errors import (
    EmptyRecording,
    NotARecording,
    UnknownVoice,
    VoiceOff,
    VoiceOverBudget,
    VoiceUnavailable,
)
from app.voice.formats import AudioFormat
from app.voice.live import LiveSpeech
from app.voice.messages import Everywhere, SpokenMessage, SpokenMessages
from app.voice.opening import Voice, VoiceOptions, open_voice
from app.voice.prose import prose
from app.voice.stream_schemas import with_sound
from app.voice.tasks import tasks
from app.voice.transcription import Recording, Transcription
from app.voice.transcription.dependencies import InRecording
from app.voice.transcription.schemas import LANGUAGE, recording_body
from app.voice.utterance import Delivery, Sound

__all__ = [
    "LANGUAGE",
    "AudioFormat",
    "Bucket",
    "Casting",
    "Character",
    "Delivery",
    "EmptyRecording",
    "Everywhere",
    "InRecording",
    "InVoice",
    "LiveSpeech",
    "NotARecording",
    "Recording",
    "Sound",
    "SpokenMessage",
    "SpokenMessages",
    "Timed",
    "Transcription",
    "UnknownVoice",
    "Voice",
    "VoiceOff",
    "VoiceOptions",
    "VoiceOverBudget",
    "VoiceUnavailable",
    "open_voice",
    "prose",
    "recording_body",
    "tasks",
    "with_sound",
]

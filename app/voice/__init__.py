"""Aloud: text becomes speech, and speech text, through ElevenLabs."""

from app.voice.casting import Casting, Character
from app.voice.clips import Bucket
from app.voice.errors import (
    EmptyRecording,
    NotARecording,
    UnknownVoice,
    VoiceOff,
    VoiceUnavailable,
)
from app.voice.formats import AudioFormat
from app.voice.live import LiveSpeech
from app.voice.messages import Everywhere, SpokenMessage, SpokenMessages
from app.voice.opening import Voice, VoiceOptions, open_voice
from app.voice.prose import prose
from app.voice.tasks import tasks
from app.voice.utterance import Delivery, Sound

__all__ = [
    "AudioFormat",
    "Bucket",
    "Casting",
    "Character",
    "Delivery",
    "EmptyRecording",
    "Everywhere",
    "LiveSpeech",
    "NotARecording",
    "Sound",
    "SpokenMessage",
    "SpokenMessages",
    "UnknownVoice",
    "Voice",
    "VoiceOff",
    "VoiceOptions",
    "VoiceUnavailable",
    "open_voice",
    "prose",
    "tasks",
]

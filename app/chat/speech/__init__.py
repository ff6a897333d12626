"""Conversations aloud: the place where a voice and ears plug in."""

from app.chat.speech.errors import AnswerBroke
from app.chat.speech.opening import Speech, open_speech
from app.chat.speech.script import Sentence
from app.chat.speech.sentences import Pacing, Piece, Sentences
from app.chat.speech.service import Spoken
from app.chat.speech.timings import Timings

__all__ = [
    "AnswerBroke",
    "Pacing",
    "Piece",
    "Sentence",
    "Sentences",
    "Speech",
    "Spoken",
    "Timings",
    "open_speech",
]

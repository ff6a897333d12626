"""Conversations aloud, over HTTP."""

from fastapi import Response

from app.chat.dependencies import InChat
from app.chat.errors import GenerationNotFound
from app.chat.speech.answers import AnswerEvents, AnswerSound
from app.chat.speech.dependencies import InVoice, Timed, ToListen
from app.chat.speech.stream_schemas import ALOUD_RESPONSES
from app.llm import BudgetExceeded
from app.voice import UnknownVoice, VoiceOff, VoiceUnavailable
from app.web import Router, Streams, problems

router = Router(prefix="/api/chat", tags=["Chat"])


@router.get(
    "/{generation_id}/speech",
    response_class=Response,
    responses={
        **ALOUD_RESPONSES,
        **problems(UnknownVoice, GenerationNotFound, BudgetExceeded, VoiceOff, VoiceUnavailable),
    },
)
async def listen(
    chat: InChat, voice: InVoice, streams: Streams, listening: ToListen, timed: Timed
) -> Response:
    """Hear an answer, sentence by sentence: while it is made, or later. To stop the answer stops
    the reading of it, too; to leave stops the reading alone."""
    _ = voice.vendor.key
    voicing = chat.speech.voicing
    if timed:
        return AnswerEvents(voicing, streams, listening)
    return AnswerSound(voicing, listening)

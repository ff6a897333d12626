"""Conversations aloud, over HTTP."""

from fastapi import Request, Response

from app.accounts import TenantId
from app.chat.dependencies import InChat
from app.chat.errors import (
    ConversationFull,
    ConversationNotFound,
    GenerationActive,
    GenerationNotFound,
    MessageTooLong,
)
from app.chat.speech.answers import AnswerSound, answer_events
from app.chat.speech.dependencies import InSpokenFields, ToListen
from app.chat.speech.errors import NothingHeard
from app.chat.speech.schemas import FIELDS, SaidAloud
from app.chat.speech.stream_schemas import ALOUD_RESPONSES
from app.chat.turns.errors import TooManyGenerations
from app.errors import InvalidInput
from app.voice import (
    EmptyRecording,
    InRecording,
    InVoice,
    NotARecording,
    Timed,
    UnknownVoice,
    VoiceOff,
    VoiceOverBudget,
    VoiceUnavailable,
    recording_body,
)
from app.web import (
    CallerPresent,
    MediaResponse,
    OpenedStream,
    PayloadTooLarge,
    Router,
    Streams,
    leaving,
    problems,
)

router = Router(prefix="/api/chat", tags=["Chat"])


@router.get(
    "/{generation_id}/speech",
    response_class=Response,
    responses={
        **ALOUD_RESPONSES,
        **problems(
            InvalidInput,
            UnknownVoice,
            GenerationNotFound,
            VoiceOverBudget,
            VoiceOff,
            VoiceUnavailable,
        ),
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
        return OpenedStream(streams, answer_events(voicing, listening, streams.silence))
    return MediaResponse(AnswerSound(voicing, listening))


@router.post(
    "/voice",
    response_model=SaidAloud,
    openapi_extra=recording_body(FIELDS),
    responses=problems(
        InvalidInput,
        EmptyRecording,
        NotARecording,
        NothingHeard,
        MessageTooLong,
        ConversationFull,
        VoiceOverBudget,
        ConversationNotFound,
        GenerationActive,
        PayloadTooLarge,
        TooManyGenerations,
        VoiceOff,
        VoiceUnavailable,
    ),
)
async def say_aloud(
    request: Request,
    chat: InChat,
    tenant_id: TenantId,
    recorded: InRecording,
    fields: InSpokenFields,
) -> SaidAloud:
    """Say something instead of typing it. Answers with what was understood; the answer to it is
    being made by then, to be followed and heard like any other."""
    with CallerPresent(leaving(request.receive)):
        text, began = await chat.speech.talking.say(
            tenant_id, recorded.recording, language=recorded.language, **fields.model_dump()
        )
    return SaidAloud.of(text, began)

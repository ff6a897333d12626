"""Speech over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.accounts import TenantId
from app.errors import InvalidInput
from app.llm import CallContext
from app.voice.dependencies import After, Format, InMessages, InVoice, SpokenMessageID, Timed
from app.voice.errors import (
    NothingToSay,
    SpokenMessageNotFound,
    TextTooLong,
    UnknownVoice,
    VoiceOff,
    VoiceOverBudget,
    VoiceUnavailable,
)
from app.voice.formats import AudioFormat
from app.voice.listening import Listening
from app.voice.schemas import SpeechRequest, VoicesPageView, VoiceView
from app.voice.stream_schemas import SPEECH_RESPONSES
from app.web import (
    EventStreams,
    MediaResponse,
    OpenedStream,
    RangeNotSatisfiable,
    Router,
    Streams,
    problems,
)

router = Router(prefix="/api/v1/voice", tags=["Voice"])

_PROBLEMS = (
    InvalidInput,
    UnknownVoice,
    TextTooLong,
    NothingToSay,
    VoiceOverBudget,
    VoiceOff,
    VoiceUnavailable,
)


@router.get(
    "/voices", response_model=VoicesPageView, responses=problems(VoiceOff, VoiceUnavailable)
)
async def list_voices(
    voice: InVoice,
    limit: Annotated[int, Query(ge=1, le=500, description="Voices on a page.")] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000, description="Voices before the page.")] = 0,
) -> VoicesPageView:
    """The voices that there are, with samples; and what each is cast for where nobody chose."""
    page = await voice.voices.page(limit=limit, offset=offset)
    views = [VoiceView.of(each, page.uses.get(each.voice_id, [])) for each in page.voices]
    return VoicesPageView(
        voices=views, total=page.total, limit=limit, offset=offset, told_at=page.told_at
    )


@router.get(
    "/messages/{message_id}",
    response_class=Response,
    responses={
        **SPEECH_RESPONSES,
        **problems(*_PROBLEMS, SpokenMessageNotFound, RangeNotSatisfiable),
    },
)
@router.head("/messages/{message_id}", response_class=Response, include_in_schema=False)
async def speak_message(
    voice: InVoice,
    messages: InMessages,
    streams: Streams,
    tenant_id: TenantId,
    message_id: SpokenMessageID,
    timed: Timed,
    after: After,
    form: Format = AudioFormat.MP3,
) -> Response:
    """Hear a message of a room or a conversation, in its speaker's voice. What is finished takes
    ranges and is heard again for nothing."""
    _ = voice.vendor.key
    found = await messages.get(tenant_id, message_id)
    utterance, prose = voice.speech.utterance(found.text, found.voice_id, format=form, timed=timed)
    left_out = prose.left_out
    listening = Listening(voice.speech, utterance, found.context, left_out=left_out)
    return _answer(listening, streams, after)


@router.post(
    "/speech",
    response_class=Response,
    responses={**SPEECH_RESPONSES, **problems(*_PROBLEMS, RangeNotSatisfiable)},
)
async def speak(
    voice: InVoice, streams: Streams, tenant_id: TenantId, body: SpeechRequest, timed: Timed
) -> Response:
    """Hear any text, of which Markdown's marks and code aren't read aloud."""
    utterance, prose = voice.speech.utterance(
        body.text,
        body.voice_id or voice.casting.narrator,
        format=body.format,
        timed=timed,
        delivery=body.delivery(),
    )
    context, left_out = CallContext(tenant_id), prose.left_out
    return _answer(Listening(voice.speech, utterance, context, left_out=left_out), streams)


def _answer(listening: Listening, streams: EventStreams, after: int = 0) -> Response:
    if listening.timed:
        return OpenedStream(streams, listening.events(after))
    return MediaResponse(listening)

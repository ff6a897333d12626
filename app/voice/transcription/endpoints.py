"""Speech to text over HTTP."""

from fastapi import Request

from app.accounts import TenantId
from app.errors import InvalidInput
from app.llm import CallContext
from app.voice.dependencies import InVoice
from app.voice.errors import (
    EmptyRecording,
    NotARecording,
    VoiceOff,
    VoiceOverBudget,
    VoiceUnavailable,
)
from app.voice.transcription.dependencies import InRecording
from app.voice.transcription.schemas import LANGUAGE, TranscriptView, recording_body
from app.web import CallerPresent, PayloadTooLarge, Router, leaving, problems

router = Router(prefix="/api/v1/voice", tags=["Voice"])


@router.post(
    "/transcriptions",
    response_model=TranscriptView,
    openapi_extra=recording_body({"language": LANGUAGE}),
    responses=problems(
        InvalidInput,
        EmptyRecording,
        NotARecording,
        PayloadTooLarge,
        VoiceOverBudget,
        VoiceOff,
        VoiceUnavailable,
    ),
)
async def transcribe(
    request: Request, voice: InVoice, tenant_id: TenantId, recorded: InRecording
) -> TranscriptView:
    """Have a recording written down: the file of a form, or the body itself."""
    context = CallContext(tenant_id)
    with CallerPresent(leaving(request.receive)):
        transcript = await voice.transcription.transcribe(
            recorded.recording, context, language=recorded.language
        )
    return TranscriptView.of(transcript)

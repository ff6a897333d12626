"""What the endpoints of conversations aloud ask for, as types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import StringConstraints, ValidationError

from app.accounts import TenantId
from app.chat.dependencies import After
from app.chat.speech.heard import Listening
from app.chat.speech.schemas import SpokenFields
from app.voice import AudioFormat, InRecording, InVoice

_VOICE_ID = r"^[A-Za-z0-9]{10,40}$"


async def _listening(
    *,
    voice: InVoice,
    tenant_id: TenantId,
    last: After,
    generation_id: Annotated[UUID, Path(description="The generation's id.")],
    form: Annotated[
        AudioFormat, Query(alias="format", description="`mp3`, `opus` or `pcm`.")
    ] = AudioFormat.MP3,
    voice_id: Annotated[
        Annotated[str, StringConstraints(pattern=_VOICE_ID)] | None,
        Query(
            description="A voice of `GET /api/v1/voice/voices`; default: the narrator's.",
            examples=["JBFqnCBsd6RMkjVDRZzb"],
        ),
    ] = None,
    after: Annotated[
        int,
        Query(ge=0, le=1_000_000, description="Begin after the sentence of this index, from 1 on."),
    ] = 0,
) -> Listening:
    """`Last-Event-ID`, which a browser sends by itself, wins over `after`."""
    chosen = voice_id or voice.casting.narrator
    return Listening(tenant_id, generation_id, chosen, form, last or after)


async def _fields(recorded: InRecording) -> SpokenFields:
    try:
        return SpokenFields.model_validate(recorded.upload.fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


InSpokenFields = Annotated[SpokenFields, Depends(_fields)]
ToListen = Annotated[Listening, Depends(_listening)]

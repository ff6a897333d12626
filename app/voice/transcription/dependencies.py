"""What endpoints that take recordings ask for, as types."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from app.kit.frozen import frozen
from app.voice.dependencies import InVoice
from app.voice.transcription.transcript import Recording
from app.web import Upload, UploadInvalid, uploaded

_KINDS = ("audio/", "video/")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@frozen
class Recorded:
    """`language` as its sender named it."""

    recording: Recording
    language: str | None
    upload: Upload


async def _recorded(request: Request, voice: InVoice) -> AsyncIterator[Recorded]:
    """Without a voice nothing is read."""
    _ = voice.vendor.key
    most = voice.options.upload_limit_bytes
    async with uploaded(request, kinds=_KINDS, most=most) as upload:
        language = upload.fields.get("language") or request.query_params.get("language")
        if language and not _LANGUAGE.fullmatch(language):
            raise UploadInvalid("language", f"should be such as en; it is {language[:100]!a}")
        recording = Recording(upload.file, upload.name, upload.content_type, upload.size)
        yield Recorded(recording, language or None, upload)


InRecording = Annotated[Recorded, Depends(_recorded)]

"""Turns that are spoken in place of typed."""

import time
from uuid import UUID

from app.chat.speech.errors import NothingHeard
from app.chat.speech.service import Spoken
from app.chat.turns import Began
from app.llm import CallContext
from app.voice import Recording, Transcription


class Talking:
    def __init__(self, transcription: Transcription, spoken: Spoken) -> None:
        self._transcription = transcription
        self._spoken = spoken

    async def say(
        self,
        tenant_id: str,
        recording: Recording,
        *,
        language: str | None = None,
        conversation_id: UUID | None = None,
        template: str | None = None,
        model: str | None = None,
    ) -> tuple[str, Began]:
        """What was understood, and the turn that it began.

        Raises `NothingHeard`, what `Transcription.transcribe` and what `Turns.begin` raise.
        """
        began_at = time.monotonic()
        context = CallContext(tenant_id, conversation_id=conversation_id)
        heard = await self._transcription.transcribe(recording, context, language=language)
        if not heard.text:
            raise NothingHeard
        began = await self._spoken.hear(
            tenant_id,
            heard.text,
            conversation_id=conversation_id,
            template=template,
            model=model,
            took_ms=(time.monotonic() - began_at) * 1000,
        )
        return heard.text, began

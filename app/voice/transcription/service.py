"""Recordings become text."""

import asyncio
from itertools import count
from typing import TYPE_CHECKING, BinaryIO

from app.llm import Call, CallContext, ModelRef, Task
from app.voice.accounting import PROVIDER, Accounting
from app.voice.elevenlabs import ElevenLabs
from app.voice.errors import EmptyRecording, NotARecording, VoiceTimeout, VoiceUnavailable
from app.voice.transcription.sniffing import HEAD, is_recording
from app.voice.transcription.transcript import Recording, Transcript

if TYPE_CHECKING:
    from app.voice.elevenlabs._sdk import Sdk

_TRIES = 2
_PAUSE_SECONDS = 0.3
_LONGEST_SECONDS = 120.0
_LEAST_BYTES_A_SECOND = 1000
"""Of what people speak into: what a recording may cost is reserved by its size."""


class Transcription:
    def __init__(self, vendor: ElevenLabs, accounting: Accounting, *, model: str) -> None:
        self._vendor = vendor
        self._accounting = accounting
        self._model = model

    async def transcribe(
        self, recording: Recording, context: CallContext, *, language: str | None = None
    ) -> Transcript:
        """`language` is a code of ISO 639; None has it found out.

        Raises `VoiceOff`, `EmptyRecording`, `NotARecording`, `VoiceUnavailable`, `VoiceOverBudget`,
        `BudgetUnavailable`.
        """
        _ = self._vendor.key
        if not recording.size:
            raise EmptyRecording
        if not is_recording(await asyncio.to_thread(_head, recording.file)):
            raise NotARecording
        rates = self._accounting.rates
        most = rates.heard(recording.size / _LEAST_BYTES_A_SECOND)
        model = self._model
        async with self._accounting.call(Task.TRANSCRIPTION, model, context, most=most) as call:
            with self._vendor.trying(call):
                transcript = await self._tried(recording, language, call)
            call.heard(rates.heard(transcript.seconds))
        return transcript

    async def _tried(self, recording: Recording, language: str | None, call: Call) -> Transcript:
        sdk = await self._vendor.sdk()
        for tries in count(1):
            call.begin_attempt(ModelRef(PROVIDER, self._model))
            try:
                return await self._heard(sdk, recording, language)
            except VoiceUnavailable as error:
                if tries == _TRIES or not _may_pass(error):
                    raise
                call.end_attempt(error.code, error.message)
            await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError("the last try returns or raises")

    async def _heard(self, sdk: "Sdk", recording: Recording, language: str | None) -> Transcript:
        from app.voice.transcription._hearing import heard  # noqa: PLC0415  # with the SDK, 40 MB

        await asyncio.to_thread(recording.file.seek, 0)
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                return await heard(sdk, recording, self._model, language)
        except TimeoutError as error:
            raise VoiceTimeout(f"wrote down nothing within {_LONGEST_SECONDS:g} s") from error


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(HEAD)


def _may_pass(error: VoiceUnavailable) -> bool:
    return error.retryable and error.retry_after is None and not isinstance(error, VoiceTimeout)

"""Speech to text by the vendor's SDK. Imported only once it is needed: it takes 40 MB."""

from typing import Any

from elevenlabs.core.api_error import ApiError
from elevenlabs.core.request_options import RequestOptions

from app.voice.elevenlabs._failures import failure
from app.voice.elevenlabs._sdk import Sdk
from app.voice.errors import NotARecording, VoiceUnusable
from app.voice.transcription.transcript import Recording, Transcript, Word

_ONCE = RequestOptions(max_retries=0)
_MOST_CHARACTERS = 100_000
_MOST_WORDS = 20_000
_UNREADABLE = (400, 422)
_WELL = 200
_NO_TRANSCRIPT = "answered with something that is no transcript"


async def heard(sdk: Sdk, recording: Recording, model: str, language: str | None) -> Transcript:
    """Raises `VoiceUnavailable`, `NotARecording`."""
    wanted: dict[str, Any] = {"language_code": language} if language else {}
    with failure():
        try:
            told = await sdk.client.speech_to_text.convert(
                model_id=model,
                file=(recording.name, recording.file, recording.content_type),
                timestamps_granularity="word",
                tag_audio_events=False,
                request_options=_ONCE,
                **wanted,
            )
        except ApiError as error:
            if error.status_code in _UNREADABLE:
                raise NotARecording from None
            if error.status_code == _WELL:
                raise VoiceUnusable(_NO_TRANSCRIPT) from None
            raise
    return _transcript(told)


def _transcript(told: Any) -> Transcript:
    """Raises `VoiceUnavailable` when it isn't one."""
    text = getattr(told, "text", None)
    if not isinstance(text, str):
        raise VoiceUnusable(_NO_TRANSCRIPT)
    found = [word for each in getattr(told, "words", None) or () if (word := _word(each))]
    words = tuple(found[:_MOST_WORDS])
    language = getattr(told, "language_code", None)
    return Transcript(
        text.strip()[:_MOST_CHARACTERS],
        language[:20] if isinstance(language, str) else None,
        _seconds(getattr(told, "audio_duration_secs", None), words),
        words,
    )


def _word(told: Any) -> Word | None:
    """None for what is no word: the space between them, laughter."""
    text, start, end = (getattr(told, name, None) for name in ("text", "start", "end"))
    if getattr(told, "type", "word") != "word" or not isinstance(text, str):
        return None
    if not (isinstance(start, int | float) and isinstance(end, int | float)):
        return None
    return Word(text[:_MOST_CHARACTERS], float(start), float(end))


def _seconds(told: Any, words: tuple[Word, ...]) -> float:
    if isinstance(told, int | float) and told >= 0:
        return float(told)
    return max((word.end for word in words), default=0.0)

"""The events of timed speech, for the API description: what stands in each `data:` line."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter

from app.voice.formats import AudioFormat
from app.web import event_stream


class AudioEvent(BaseModel):
    """A piece of sound, base64, and the characters that begin in it. `starts` and `ends` are
    seconds from the start of the speech, one for each of the characters."""

    type: Literal["audio"]
    audio: str
    characters: list[str]
    starts: list[float]
    ends: list[float]


class SpeechNoticeEvent(BaseModel):
    """Something of the text isn't spoken: code is shown, and not read aloud."""

    type: Literal["notice"]
    code: Literal["CODE_LEFT_OUT"]
    message: str


class SpeechDoneEvent(BaseModel):
    """The last event of speech that is complete."""

    type: Literal["done"]
    characters: int
    seconds: float = Field(description="How long it is.")


class SpeechErrorEvent(BaseModel):
    """The last event of speech that broke off. The text is untouched."""

    type: Literal["error"]
    error_code: str
    message: str
    retryable: bool


SpeechEvent = Annotated[
    AudioEvent | SpeechNoticeEvent | SpeechDoneEvent | SpeechErrorEvent,
    Field(discriminator="type"),
]

SPEECH_EVENT: TypeAdapter[SpeechEvent] = TypeAdapter(SpeechEvent)

_EXAMPLE = """retry: 1000
id: 1
event: audio
data: {"type":"audio","audio":"SUQz…","characters":["H","i"],"starts":[0.0,0.06],"ends":[0.06,0.2]}

id: 2
event: done
data: {"type":"done","characters":2,"seconds":0.2}
"""

_EVENTS = event_stream(
    SPEECH_EVENT,
    name="SpeechEvent",
    description="The sound as it is made; finished sound has a length and takes ranges. With "
    "`with=timestamps`: server-sent events, each a `SpeechEvent`, whose `type` is the event's "
    "name.",
    example=_EXAMPLE,
)
_SOUND = {"schema": {"type": "string", "format": "binary"}}


def with_sound(events: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The answers of an endpoint that gives sound alone, or these events."""
    sounds = {form.content_type.partition(";")[0]: _SOUND for form in AudioFormat}
    return {200: {**events[200], "content": {**sounds, **events[200]["content"]}}}


SPEECH_RESPONSES = with_sound(_EVENTS)

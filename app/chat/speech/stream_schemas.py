"""The events of an answer aloud, for the API description: what stands in each `data:` line."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from app.voice import with_sound
from app.web import event_stream


class SentenceEvent(BaseModel):
    """A sentence begins to be heard. Code, and what comes after a notice, is only told."""

    type: Literal["sentence"]
    index: int = Field(description="From 1.")
    text: str = Field(description="As the model wrote it, Markdown and all.")
    code: bool


class AnswerAudioEvent(BaseModel):
    """A piece of sound, base64; `sentence` is the index of the one that it begins in. `starts` and
    `ends` are those of its characters, in seconds from the first sound of this stream."""

    type: Literal["audio"]
    sentence: int
    audio: str
    characters: list[str]
    starts: list[float]
    ends: list[float]


class MutedEvent(BaseModel):
    """There is no voice any more, for the reason that `code` names; sentences go on."""

    type: Literal["notice"]
    code: str = Field(examples=["VOICE_UNAVAILABLE"])
    message: str


class SpokenDoneEvent(BaseModel):
    """The last event; `stopped` where somebody stopped the answer or the reading of it."""

    type: Literal["done"]
    sentences: int = Field(description="Index of the last one that was told.")
    stopped: bool


class SpokenErrorEvent(BaseModel):
    """The last event where the answer broke off, or no voice was to be had."""

    type: Literal["error"]
    error_code: str
    message: str
    retryable: bool


AloudEvent = Annotated[
    SentenceEvent | AnswerAudioEvent | MutedEvent | SpokenDoneEvent | SpokenErrorEvent,
    Field(discriminator="type"),
]

ALOUD_EVENT: TypeAdapter[AloudEvent] = TypeAdapter(AloudEvent)

_EXAMPLE = """retry: 1000
id: 0
event: sentence
data: {"type":"sentence","index":1,"text":"Hi!","code":false}

id: 0
event: audio
data: {"type":"audio","sentence":1,"audio":"SUQz…","characters":["H","i","!"],"starts":[0.0,0.06,
data: 0.1],"ends":[0.06,0.1,0.2]}

id: 1
event: done
data: {"type":"done","sentences":1,"stopped":false}
"""

_EVENTS = event_stream(
    ALOUD_EVENT,
    name="AloudEvent",
    description="The sound as it is made. With `with=timestamps`: server-sent events, each an "
    "`AloudEvent`, whose `type` is the event's name; its `id` is the index of the last sentence "
    "that was heard to its end.",
    example=_EXAMPLE,
)

ALOUD_RESPONSES = with_sound(_EVENTS)

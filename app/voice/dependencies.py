"""What the endpoints of speech ask for, as types."""

import re
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request

from app.voice.formats import AudioFormat
from app.voice.messages import Everywhere
from app.voice.opening import Voice

_PLACE = re.compile(r"[0-9]{1,9}")


async def _voice(request: Request) -> Voice:
    found: Voice = request.state.voice
    return found


async def _messages(request: Request) -> Everywhere:
    found: Everywhere = request.state.spoken_messages
    return found


async def _timed(
    extra: Annotated[
        Literal["timestamps"] | None,
        Query(
            alias="with",
            description="With `timestamps` it comes as server-sent events that tell when each "
            "character is spoken.",
        ),
    ] = None,
) -> bool:
    return extra is not None


async def _after(
    last_event_id: Annotated[
        str | None,
        Header(description="Go on after this event; a browser sends it by itself."),
    ] = None,
) -> int:
    """The first event, where what a client says is no place."""
    return int(last_event_id) if last_event_id and _PLACE.fullmatch(last_event_id) else 0


InVoice = Annotated[Voice, Depends(_voice)]
InMessages = Annotated[Everywhere, Depends(_messages)]
Timed = Annotated[bool, Depends(_timed)]
After = Annotated[int, Depends(_after)]
Format = Annotated[AudioFormat, Query(alias="format", description="`mp3`, `opus` or `pcm`.")]
SpokenMessageID = Annotated[
    UUID, Path(description="The message's id, from a room's state or a conversation.")
]

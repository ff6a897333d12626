"""Speech for the tests of the pages, as the service sends it: silent MP3, and events with times."""

import base64
import json
from typing import Any

_FRAME = bytes.fromhex("fffb9000") + bytes(413)  # MPEG 1, layer III, 128 kbit/s at 44.1 kHz
_FRAME_SECONDS = 1152 / 44100


def silence(seconds: float) -> bytes:
    """An MP3 of at least this length that any player takes."""
    return _FRAME * (int(seconds / _FRAME_SECONDS) + 1)


def event(name: str, **fields: Any) -> str:
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n"


def spoken(text: str, seconds: float, at: float = 0) -> str:
    """The event for `text`, spoken evenly from `at` on for so many seconds."""
    pace = seconds / len(text)
    starts = [round(at + i * pace, 3) for i in range(len(text))]
    return event(
        "audio",
        audio=base64.b64encode(silence(seconds)).decode(),
        characters=list(text),
        starts=starts,
        ends=[round(start + pace, 3) for start in starts],
    )

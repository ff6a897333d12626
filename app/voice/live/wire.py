"""What is said on ElevenLabs' websocket for text that comes bit by bit, both ways.

https://elevenlabs.io/docs/api-reference/websocket
"""

import base64
import binascii
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from app.kit.json import dumps, loads
from app.voice.utterance import Delivery, Sound

KEY_HEADER = "xi-api-key"

_USUAL = "https://api.elevenlabs.io"
_SCHEMES = {"https": "wss", "http": "ws"}
_INACTIVITY_SECONDS = 180
"""The most that can be asked for. A model that thinks for longer before its next sentence is rare,
and its speech then ends like any other that breaks off."""

ENDING = dumps({"text": ""}).decode()


class Garbled(Exception):
    """What came is nothing that ElevenLabs says."""


class Refused(Exception):
    """ElevenLabs says that it won't go on. `error` is its own code for it."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(f"{error}: {message}")
        self.error = error


def address(base_url: str | None, voice_id: str, *, model: str, output_format: str) -> str:
    """The websocket's. `base_url` is that of the HTTP API, None the usual one."""
    scheme, netloc, path, _, _ = urlsplit(base_url or _USUAL)
    query = urlencode(
        {
            "model_id": model,
            "output_format": output_format,
            "sync_alignment": "true",
            "inactivity_timeout": _INACTIVITY_SECONDS,
        }
    )
    path = f"{path.rstrip('/')}/v1/text-to-speech/{voice_id}/stream-input"
    return urlunsplit((_SCHEMES.get(scheme, scheme), netloc, path, query, ""))


def opening(delivery: Delivery) -> str:
    """The first message."""
    chosen = {name: value for name, value in asdict(delivery).items() if value is not None}
    return dumps({"text": " ", **({"voice_settings": chosen} if chosen else {})}).decode()


def saying(text: str) -> str:
    """A whole sentence, to be spoken at once: the vendor would wait for more of a short one."""
    return dumps({"text": f"{text} ", "flush": True}).decode()


class Ear:
    """Reads what comes, in order. `over` once the vendor says that nothing more will."""

    def __init__(self) -> None:
        self.over = False
        self._elapsed = 0.0

    def take(self, message: str | bytes) -> Sound | None:
        """None for a message without sound. Raises `Garbled`, `Refused`."""
        said = _object(message)
        if said.get("error"):
            raise Refused(str(said["error"]), str(said.get("message", "")))
        self.over = self.over or said.get("isFinal") is True
        audio = said.get("audio")
        if not audio:
            return None
        return self._aligned(_decoded(audio), said.get("alignment"))

    def _aligned(self, audio: bytes, alignment: Any) -> Sound:
        """The vendor's times start anew with each piece."""
        try:
            characters = tuple(map(str, alignment["chars"]))
            starts = [self._elapsed + ms / 1000 for ms in alignment["charStartTimesMs"]]
            lasts = [ms / 1000 for ms in alignment["charDurationsMs"]]
            timed = zip(characters, starts, lasts, strict=True)
            ends = tuple([round(start + last, 3) for _, start, last in timed])
        except (KeyError, TypeError, ValueError):
            return Sound(audio)  # there is nothing wrong with the sound
        self._elapsed = ends[-1] if ends else self._elapsed
        return Sound(audio, characters, tuple([round(start, 3) for start in starts]), ends)


def _object(message: str | bytes) -> dict[str, Any]:
    try:
        said = loads(message)
    except ValueError as error:
        raise Garbled("not JSON") from error
    if not isinstance(said, dict):
        raise Garbled("not an object")
    return said


def _decoded(audio: Any) -> bytes:
    try:
        return base64.b64decode(audio, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Garbled("no base64 where the sound should be") from error

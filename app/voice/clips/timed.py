"""Timed speech as a file: a line of JSON for each sound, as it came."""

from base64 import b64decode, b64encode
from collections.abc import Iterable

from app.kit.json import dumps, loads
from app.voice.utterance import Sound


def written(sounds: Iterable[Sound]) -> bytes:
    return b"".join(dumps(_line(sound)) + b"\n" for sound in sounds)


def read(data: bytes) -> list[Sound]:
    """Raises `ValueError` when it isn't one, or not all of it."""
    if not data.endswith(b"\n"):
        raise ValueError("the last line isn't whole")
    return [_sound(line) for line in data.splitlines()]


def _line(sound: Sound) -> dict[str, object]:
    return {
        "audio": b64encode(sound.audio).decode(),
        "characters": sound.characters,
        "starts": sound.starts,
        "ends": sound.ends,
    }


def _sound(line: bytes) -> Sound:
    told = loads(line)
    try:
        return Sound(
            b64decode(told["audio"], validate=True),
            tuple(told["characters"]),
            tuple(told["starts"]),
            tuple(told["ends"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("it isn't a sound") from error

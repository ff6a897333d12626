"""Timed speech as server-sent events."""

from base64 import b64encode
from collections.abc import AsyncGenerator

from app.errors import AppError
from app.kit import sse
from app.voice.speech import Spoken


async def frames(
    spoken: Spoken, *, after: int = 0, left_out: bool = False
) -> AsyncGenerator[bytes]:
    """`audio` for each sound after the one of index `after`, with its index, from 1, for an id;
    then `done`, or `error` where it broke off; nothing after `done`. `left_out` has a notice say
    that there was code."""
    if left_out and not after:
        yield _notice()
    index, seconds = 0, 0.0
    try:
        async for sound in spoken.sounds:
            index, seconds = index + 1, max(seconds, *sound.ends, 0.0)
            if index > after:
                told = {
                    "audio": b64encode(sound.audio).decode(),
                    "characters": sound.characters,
                    "starts": sound.starts,
                    "ends": sound.ends,
                }
                yield sse.encode("audio", {"type": "audio", **told}, event_id=index)
    except AppError as error:
        yield error_frame(error)
        return
    if after > index:  # the end was heard already
        return
    characters = len(spoken.utterance.text)
    done = {"type": "done", "characters": characters, "seconds": round(seconds, 3)}
    yield sse.encode("done", done, event_id=index + 1)


def error_frame(error: AppError) -> bytes:
    told = {"error_code": error.code, "message": error.message, "retryable": error.retryable}
    return sse.encode("error", {"type": "error", **told})


def _notice() -> bytes:
    told = {"code": "CODE_LEFT_OUT", "message": "code is shown, and not read aloud"}
    return sse.encode("notice", {"type": "notice", **told})

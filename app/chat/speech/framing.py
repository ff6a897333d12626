"""An answer aloud as server-sent events, or as sound alone."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from app.chat.speech.errors import AnswerBroke
from app.chat.speech.heard import Heard, Muted, Over, Uttered, Voiced
from app.errors import AppError
from app.kit import sse


async def frames(events: AsyncGenerator[Heard], *, after: int) -> AsyncGenerator[bytes]:
    """An event's id is the index of the last sentence that was heard to its end: who comes back
    with it hears the next one from its start."""
    place = after
    try:
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Uttered):
                    place = event.sentence.index - 1
                elif isinstance(event, Over):
                    place = event.sentences
                yield _frame(event, place)
    except AppError as error:
        yield _error(error, place)


async def sound(events: AsyncGenerator[Heard]) -> AsyncGenerator[bytes]:
    """Ends where the answer does, whatever ended that. Raises what the voice fails with before."""
    try:
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Muted):
                    raise event.error
                if isinstance(event, Voiced) and event.sound.audio:
                    yield event.sound.audio
    except AnswerBroke:
        return  # the answer's own stream tells of it


def _frame(event: Heard, place: int) -> bytes:
    if isinstance(event, Voiced):
        told = {
            "sentence": event.sentence,
            "audio": b64encode(event.sound.audio).decode(),
            "characters": event.sound.characters,
            "starts": event.sound.starts,
            "ends": event.sound.ends,
        }
        return _encode("audio", told, place)
    if isinstance(event, Uttered):
        sentence = event.sentence
        told = {"index": sentence.index, "text": sentence.text, "code": sentence.code}
        return _encode("sentence", told, place)
    if isinstance(event, Muted):
        told = {"code": event.error.code, "message": event.error.message}
        return _encode("notice", told, place)
    return _encode("done", {"sentences": event.sentences, "stopped": event.stopped}, place)


def _error(error: AppError, place: int) -> bytes:
    """Of an answer that broke off, what that broke off with."""
    if isinstance(error, AnswerBroke):
        broke = error.event
        told = {
            "error_code": broke.error_code,
            "message": broke.message,
            "retryable": broke.retryable,
        }
    else:
        told = {"error_code": error.code, "message": error.message, "retryable": error.retryable}
    return _encode("error", told, place)


def _encode(kind: str, told: dict[str, Any], place: int) -> bytes:
    return sse.encode(kind, {"type": kind, **told}, event_id=place)

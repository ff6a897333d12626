"""How long the vendor is waited for, when it is asked again, and how much it may say."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.voice.errors import VoiceTimeout, VoiceUnavailable, VoiceUnusable
from app.voice.utterance import Utterance

_RETRIES = 2
_BASE_SECONDS = 0.1
_LONGEST_WAIT = 2.0
_NOT_AT_ONCE = (VoiceTimeout, VoiceUnusable)
_BYTES_AT_LEAST = 500_000
_BYTES_A_CHARACTER = 20_000
"""Four times what slow speech has, as bare samples."""


def most(utterance: Utterance) -> int:
    """Bytes of sound. What is more than this is no speech of such a text, and would fill memory."""
    return _BYTES_AT_LEAST + _BYTES_A_CHARACTER * len(utterance.text)


@asynccontextmanager
async def patience(seconds: float, what: str) -> AsyncIterator[None]:
    """Raises `VoiceTimeout` when the block takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise VoiceTimeout(f"{what} for {seconds:g} s") from error


def wait(error: VoiceUnavailable, tries: int) -> float | None:
    """Seconds to wait after `tries` failed tries, at random over the whole span, so that callers
    who failed together don't come back together; None to give up."""
    if tries > _RETRIES or not error.retryable or isinstance(error, _NOT_AT_ONCE):
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= _LONGEST_WAIT else None
    return random.random() * min(_LONGEST_WAIT, _BASE_SECONDS * 2.0**tries)  # noqa: S311  # no secret

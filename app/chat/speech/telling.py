"""What of an answer's sentences is spoken, and how long the first sound of it took."""

import time
from collections import deque
from collections.abc import AsyncGenerator
from textwrap import wrap

from app.chat.speech.heard import Listening
from app.chat.speech.place import Place
from app.chat.speech.read_ahead import ReadAhead
from app.chat.speech.timings import Timings
from app.voice import prose


class FirstSound:
    """Notes how long it took."""

    def __init__(self, timings: Timings, listening: Listening) -> None:
        self._timings = timings
        self._listening = listening
        self._asked_at: float | None = None
        self._noted = False

    def asked(self) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()

    async def heard(self) -> None:
        if self._noted or self._asked_at is None:
            return
        self._noted = True
        tenant_id, generation_id = self._listening.tenant_id, self._listening.generation_id
        took = (time.monotonic() - self._asked_at) * 1000
        self._timings.note(tenant_id, "text_to_speech", took, generation_id)
        if not self._listening.after:
            await self._timings.first_sound(tenant_id, generation_id)


class Telling:
    """What is spoken of the sentences, in speeches of `most` characters."""

    def __init__(self, script: ReadAhead, place: Place, clock: FirstSound, most: int) -> None:
        self._script = script
        self._place = place
        self._clock = clock
        self._most = most
        self._parts: deque[str] = deque()

    async def texts(self) -> AsyncGenerator[str]:
        """Those of the next speech."""
        left = self._most
        while await self.more() and len(self._parts[0]) <= left:
            part = self._parts.popleft()
            left -= len(part)
            self._clock.asked()
            yield part

    async def more(self) -> bool:
        """Whether anything is left to be spoken, as soon as that is known."""
        while not self._parts and (sentence := await self._script.peek()) is not None:
            self._script.take()
            spoken = "" if sentence.code else prose(sentence.text).text
            self._place.expect(sentence, spoken)
            if len(spoken) > self._most:
                self._parts.extend(wrap(spoken, self._most))
            elif spoken:
                self._parts.append(spoken)
        return bool(self._parts)

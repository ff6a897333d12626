"""Conversations aloud: what was heard goes in as text, the answer comes out in sentences.

Whoever has ears and a voice needs nothing else of conversations, and takes and gives plain values.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from app.chat.errors import GenerationNotFound
from app.chat.events import Broke, Finished
from app.chat.generations import GenerationLogs
from app.chat.speech.errors import AnswerBroke
from app.chat.speech.script import Script, Sentence
from app.chat.speech.sentences import Pacing
from app.chat.speech.timings import Timings
from app.chat.turns import Ask, Began, Turns


class Spoken:
    def __init__(
        self,
        turns: Turns,
        logs: GenerationLogs,
        timings: Timings,
        pacing: Pacing | None = None,
    ) -> None:
        self._turns = turns
        self._logs = logs
        self._timings = timings
        self._pacing = pacing or Pacing()

    async def hear(
        self,
        tenant_id: str,
        text: str,
        *,
        conversation_id: UUID | None = None,
        template: str | None = None,
        model: str | None = None,
        took_ms: float | None = None,
    ) -> Began:
        """Begins a turn with what was heard; in a new conversation without `conversation_id`.
        `took_ms` is how long it took to become text, in milliseconds, where that is known.

        Raises what `Turns.begin` raises.
        """
        began = await self._turns.begin(
            Ask(
                tenant_id,
                conversation_id=conversation_id,
                message=text,
                template=template,
                model=model,
            )
        )
        if took_ms is not None:
            self._timings.note(tenant_id, "speech_to_text", took_ms, began.generation_id)
        return began

    async def speak(
        self, tenant_id: str, generation_id: UUID, *, after: int = 0
    ) -> AsyncGenerator[Sentence]:
        """The answer's sentences as they come, those after the one of index `after`. To be closed
        by whoever stops listening earlier, which stops nothing else.

        Raises `GenerationNotFound`, also where the conversation is deleted meanwhile, and after the
        last sentence of an answer that broke off `AnswerBroke`.
        """
        script = Script(self._pacing)
        last: Finished | Broke | None = None
        async with aclosing(self._logs.follow(tenant_id, generation_id)) as news:
            async for some in news:
                for numbered in some:
                    for sentence in script.take(numbered):
                        if sentence.index > after:
                            yield sentence
                    if isinstance(numbered.event, Finished | Broke):
                        last = numbered.event
        for sentence in script.rest():
            if sentence.index > after:
                yield sentence
        if last is None:
            raise GenerationNotFound(generation_id)
        if isinstance(last, Broke):
            raise AnswerBroke(last)

    async def interrupt(self, tenant_id: str, generation_id: UUID) -> None:
        """Has the answer end with what was said so far, wherever it is made; one that has ended
        stays as it is. Raises `GenerationNotFound`."""
        await self._logs.stop(tenant_id, generation_id)

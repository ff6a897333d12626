"""Makes one answer: asks a model, and writes down what comes, however it ends."""

import asyncio
from contextlib import aclosing
from decimal import Decimal

import structlog

from app.chat.events import Broke, Counted, Finished, NoticeCode, Noticed, Said
from app.chat.generations import Ending, GenerationLog
from app.chat.recovery import (
    BUG,
    EarlierAnswer,
    EarlierAnswers,
    broke,
    broke_off,
    left_out,
    may_repeat,
    notices,
    repeated,
)
from app.chat.turns.hearing import Heard, counted
from app.chat.turns.request import Prepared
from app.kit.clock import Clock
from app.llm import (
    ChainExhausted,
    LLMClient,
    LLMError,
    OpenCall,
)

log = structlog.get_logger()

_NOTHING = Decimal(0)

_FORGETFUL = Noticed(
    NoticeCode.MEMORY_UNAVAILABLE,
    "What is remembered can't be looked up at the moment; this is answered without it",
)


class Answering:
    def __init__(self, client: LLMClient, earlier: EarlierAnswers, clock: Clock) -> None:
        self._client = client
        self._earlier = earlier
        self._clock = clock

    async def make(self, prepared: Prepared, to: GenerationLog) -> None:
        """Ends the log, whatever happens; cancelled, with what was said so far. To be run as a
        task of its own: it is cancelled when the log is stopped."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("there is no task to cancel")
        to.on_stop(lambda: _hang_up(task))
        last: Finished | Broke
        try:
            last = await self._answer(prepared, to)
        except asyncio.CancelledError:
            task.uncancel()
            last = Finished(to.message_id, "stopped")
        except Exception:
            log.exception("generation.failed", id=str(to.generation_id))
            last = BUG
        await to.end(last, to.ending)

    async def _answer(self, prepared: Prepared, to: GenerationLog) -> Finished | Broke:
        to.ending = Ending(context_key=prepared.context_key, relevance=prepared.relevance)
        if prepared.forgetful:
            to.add(_FORGETFUL)
        try:
            opened = await self._client.open(prepared.request)
        except LLMError as error:
            return await self._unanswered(error, to)
        to.ending = _ending(opened, to.ending)
        for notice in notices(opened.call, prepared.first_choice):
            to.add(notice)
        return await self._relay(opened, prepared, to)

    async def _relay(
        self, opened: OpenCall, prepared: Prepared, to: GenerationLog
    ) -> Finished | Broke:
        heard = Heard()
        try:
            async with aclosing(opened):
                async for event in opened:
                    shown = heard.take(event)
                    if shown is not None:
                        to.add(shown)
        finally:
            if opened.entry is not None:  # what was said is billed, however it ended
                for call in heard.calls:
                    to.add(call)
                to.add(counted(opened.entry, prepared.context.saved_tokens + left_out(opened.call)))
        if heard.failure is not None:
            return broke_off(heard.failure)
        return Finished(to.message_id, heard.finish_reason)

    async def _unanswered(self, error: LLMError, to: GenerationLog) -> Finished | Broke:
        """By what was answered earlier, where nobody can be asked and there is something."""
        log.log(error.level, "generation.unanswered", id=str(to.generation_id), code=error.code)
        key = to.ending.context_key
        if key is None or not may_repeat(error):
            return broke(error)
        answer = await self._earlier.find(to.tenant_id, key)
        if answer is None:
            return broke(error)
        return self._repeat(answer, error, to)

    def _repeat(self, answer: EarlierAnswer, error: LLMError, to: GenerationLog) -> Finished:
        to.ending = Ending(
            model=answer.model,
            context_key=to.ending.context_key,
            relevance=to.ending.relevance,
        )
        to.add(repeated(answer, self._clock()))
        to.add(Said(answer.text))
        to.add(_tried(error))
        return Finished(to.message_id, "stop")


def _hang_up(task: asyncio.Task[None]) -> None:
    task.cancel()


def _ending(opened: OpenCall, so_far: Ending) -> Ending:
    call = opened.call
    return Ending(
        model=None if call.used is None else str(call.used),
        context_key=so_far.context_key,
        call_id=call.id,
        relevance=so_far.relevance,
    )


def _tried(error: LLMError) -> Counted:
    """The tokens of tries that came to nothing; what they cost stands in the ledger."""
    attempts = error.attempts if isinstance(error, ChainExhausted) else ()
    heard = [attempt.usage for attempt in attempts if attempt.usage is not None]
    return Counted(
        prompt_tokens=sum(usage.prompt_tokens for usage in heard),
        completion_tokens=sum(usage.completion_tokens for usage in heard),
        cost_usd=None if heard else _NOTHING,
        saved_tokens=0,
    )

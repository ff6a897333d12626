"""Asks a model for a judgement, and again where its answer doesn't hold."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from app.analysis.patience import away
from app.analysis.prompts import refused
from app.analysis.recess import Recess
from app.kit.frozen import frozen
from app.llm import (
    CallContext,
    Completion,
    LLMClient,
    LLMError,
    Message,
    ModelRef,
    ModelRequest,
    OutputSchema,
    Role,
    Task,
    Wishes,
)

_ANSWERS = 3
_TEMPERATURE = 0.2
_MAX_TOKENS = 12_000
"""Of one answer, with what the model thinks before it: some bill and bound both together."""

_LONGEST = 20_000
"""Characters of a refused answer that are shown to the judge again."""

T = TypeVar("T", bound=BaseModel)


@frozen
class Question(Generic[T]):
    """`check` tells everything in an answer that isn't so: an answer without any stands."""

    messages: tuple[Message, ...]
    output: OutputSchema
    answer: type[T]
    check: Callable[[T], list[str]]
    context: CallContext
    wishes: Wishes


@frozen
class Spent:
    """On all answers; `cost_usd` None where the price of one isn't known."""

    model: ModelRef | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal | None = Decimal(0)
    refusals: int = 0

    def and_on(self, answer: Completion) -> "Spent":
        return replace(
            self,
            model=answer.model,
            prompt_tokens=self.prompt_tokens + answer.usage.prompt_tokens,
            completion_tokens=self.completion_tokens + answer.usage.completion_tokens,
            cost_usd=_sum(self.cost_usd, answer.cost),
        )


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return None if first is None or second is None else first + second


@frozen
class Verdict(Generic[T]):
    """`answer` is None when none of them held; `problems` are then those of the last one."""

    answer: T | None
    problems: tuple[str, ...]
    spent: Spent


class Judge:
    """`at_once` is how many questions are asked at the same time: each takes up a place among the
    jobs, and with a vendor that hangs it does so for minutes."""

    def __init__(self, client: LLMClient, *, at_once: int = 16) -> None:
        self._client = client
        self._recess = Recess(at_once)

    def check(self) -> None:
        """Raises `JudgementDelayed` when there is no use in putting a question together."""
        self._recess.check()

    async def ask(self, question: Question[T]) -> Verdict[T]:
        """Raises `LLMError` when no model answers, `JudgementDelayed` when as many questions are
        being asked as may be, or the judge didn't answer others a moment ago."""
        self._recess.begin()
        try:
            verdict = await self._ask(question)
        except LLMError as error:
            if away(error):
                self._recess.failed()
            raise
        finally:
            self._recess.end()
        self._recess.answered()
        return verdict

    async def _ask(self, question: Question[T]) -> Verdict[T]:
        messages, spent = question.messages, Spent()
        problems: list[str] = []
        for _ in range(_ANSWERS):
            said = await self._client.complete(_request(question, messages))
            spent = spent.and_on(said)
            # In a thread: a long answer has many numbers, and a long run many true ones.
            answer, problems = await asyncio.to_thread(_read, question, said)
            if answer is not None and not problems:
                return Verdict(answer, (), spent)
            spent = replace(spent, refusals=spent.refusals + 1)
            shown = (said.output or said.text).strip()[:_LONGEST] or "(nothing)"
            messages = (
                *question.messages,
                Message(Role.ASSISTANT, shown),
                Message(Role.USER, refused(problems)),
            )
        return Verdict(None, tuple(problems), spent)


def _request(question: Question[T], messages: tuple[Message, ...]) -> ModelRequest:
    return ModelRequest(
        task=Task.ANALYSIS,
        messages=messages,
        context=question.context,
        temperature=_TEMPERATURE,
        max_tokens=_MAX_TOKENS,
        output=question.output,
        wishes=question.wishes,
    )


def _read(question: Question[T], said: Completion) -> tuple[T | None, list[str]]:
    if said.output is None:
        return None, ["there is no JSON object in the answer"]
    try:
        answer = question.answer.model_validate_json(said.output)
    except ValidationError as error:
        return None, [_issue(issue["loc"], issue["msg"]) for issue in error.errors()[:20]]
    return answer, question.check(answer)


def _issue(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place)) or 'the answer'}: {message}"

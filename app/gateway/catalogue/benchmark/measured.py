"""Puts one exercise to one model, and sums up what came of several."""

from collections.abc import Sequence
from contextlib import aclosing
from statistics import median

from app.kit.frozen import frozen
from app.llm import (
    CallContext,
    ChainExhausted,
    End,
    Exercise,
    Failed,
    LLMClient,
    LLMError,
    Message,
    ModelRef,
    ModelRequest,
    Role,
    Task,
    TextDelta,
    UsageReport,
    Wishes,
    estimate_tokens,
)

_ANSWER_TOKENS = 2000
_LONGEST_ERROR = 500


@frozen
class Measured:
    """`score` is 0 to 1, None where there was no answer, and `error` says why. `seconds` are those
    from the first token to the last."""

    score: float | None = None
    error: str | None = None
    first_token_ms: int | None = None
    tokens: int = 0
    seconds: float = 0.0


@frozen
class Summary:
    asked: int
    answered: int
    score: float | None
    first_token_ms: int | None
    tokens_per_second: float | None
    error: str | None

    @classmethod
    def of(cls, results: Sequence[Measured]) -> "Summary":
        scores = [each.score for each in results if each.score is not None]
        firsts = [each.first_token_ms for each in results if each.first_token_ms is not None]
        seconds = sum(each.seconds for each in results)
        return cls(
            asked=len(results),
            answered=len(scores),
            score=sum(scores) / len(scores) if scores else None,
            first_token_ms=round(median(firsts)) if firsts else None,
            tokens_per_second=sum(each.tokens for each in results) / seconds if seconds else None,
            error=next((each.error for each in reversed(results) if each.error), None),
        )


async def measure(
    client: LLMClient, ref: ModelRef, exercise: Exercise, *, tenant_id: str, free_only: bool
) -> Measured:
    """Never raises an `LLMError`: that is a result too."""
    request = ModelRequest(
        task=Task.BENCHMARK,
        messages=(Message(Role.USER, exercise.prompt),),
        context=CallContext(tenant_id),
        model=ref,
        temperature=0,
        max_tokens=_ANSWER_TOKENS,
        wishes=Wishes(free_only=free_only, cache=False),
    )
    try:
        return await _ask(client, request, ref, exercise)
    except ChainExhausted as error:
        return failed(error.cause.message)
    except LLMError as error:
        return failed(error.message)


def failed(why: str) -> Measured:
    return Measured(error=why[:_LONGEST_ERROR])


async def _ask(
    client: LLMClient, request: ModelRequest, ref: ModelRef, exercise: Exercise
) -> Measured:
    text, tokens = "", 0
    async with aclosing(client.stream(request)) as events:
        async for event in events:
            match event:
                case TextDelta(piece):
                    text += piece
                case UsageReport(usage):
                    tokens = usage.completion_tokens
                case Failed(error):
                    return failed(error.message)
                case End() as end:
                    break
                case _:
                    pass
    if end.model != ref:
        return failed(f"{end.model} answered in its place: {end.attempts[0].message}")
    attempt = end.attempts[-1]
    first = attempt.first_token_ms
    return Measured(
        score=exercise.mark(text),
        first_token_ms=first,
        tokens=tokens or estimate_tokens(len(text)),
        seconds=(attempt.latency_ms - (first or 0)) / 1000,
    )

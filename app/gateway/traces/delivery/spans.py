"""From what the outbox holds of a call to spans: one for each try, one for each tool's result."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.telemetry import LlmSpanValue, ToolSpanValue

OK, FAILED, LEFT = 200, 500, 499
"""As HTTP would say it: Galileo takes any code, and shows what isn't 200 as an error."""
_MILLISECOND = 1_000_000  # nanoseconds

Json = Mapping[str, Any]


def spans_of(call: Json) -> Iterator[LlmSpanValue | ToolSpanValue]:
    """Results of tools that this call was told, then each try in which something was heard."""
    begun = begun_at(call)
    yield from _tool_spans(call["messages"], begun)
    heard = [attempt for attempt in call["attempts"] if attempt["heard"]]
    for attempt in heard or call["attempts"][-1:] or [{}]:
        earlier = call["attempts"][: _place(call["attempts"], attempt)]
        waited = sum(each["ms"] for each in earlier)
        yield _llm_span(call, attempt, begun + timedelta(milliseconds=waited))


def _place(attempts: Sequence[Json], attempt: Json) -> int:
    return next((place for place, each in enumerate(attempts) if each is attempt), 0)


def _llm_span(call: Json, attempt: Json, begun: datetime) -> LlmSpanValue:
    """What was said is the last try's; of one that broke off before nothing is kept."""
    last = not call["attempts"] or attempt is call["attempts"][-1]
    first_token = attempt.get("first_token_ms")
    failed = attempt.get("error") if attempt else call["error"]
    return LlmSpanValue(
        name=call["task"],
        model=attempt.get("model"),
        input=[_message(message) for message in call["messages"]],
        output=_answer(call["answer"]) if last else {"role": "assistant", "content": ""},
        created_at=begun,
        duration_ns=attempt.get("ms", call["latency_ms"]) * _MILLISECOND,
        first_token_ns=None if first_token is None else first_token * _MILLISECOND,
        prompt_tokens=attempt.get("prompt_tokens"),
        completion_tokens=attempt.get("completion_tokens"),
        status_code=OK if failed is None else LEFT if failed == "CANCELLED" else FAILED,
        temperature=call["temperature"],
        tools=[{"type": "function", "function": {"name": name}} for name in call["tools"]],
        metadata=texts(
            {
                "error": failed,
                "finish_reason": call["finish_reason"],
                "cache": call["cache"],
                "cost_usd": call["cost_usd"],
                "estimated": call["estimated"],
            }
        ),
    )


def _tool_spans(messages: Sequence[Json], at: datetime) -> Iterator[ToolSpanValue]:
    """For the newest results: those before were told with the turn that they belong to."""
    calls = {call["id"]: call for message in messages for call in message.get("tool_calls", ())}
    fresh = len(messages)
    while fresh and messages[fresh - 1]["role"] == "tool":
        fresh -= 1
    for result in messages[fresh:]:
        call = calls.get(result.get("tool_call_id"), {})
        yield ToolSpanValue(
            name=call.get("name", "tool"),
            input=call.get("arguments", ""),
            output=result["content"],
            created_at=at,
            tool_call_id=result.get("tool_call_id"),
        )


def _message(message: Json) -> dict[str, Any]:
    shown = dict(message)
    if message.get("tool_calls"):
        shown["tool_calls"] = _tool_calls(message["tool_calls"])
    return shown


def _answer(answer: Json) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": "assistant", "content": answer["content"]}
    if answer["tool_calls"]:
        shown["tool_calls"] = _tool_calls(answer["tool_calls"])
    return shown


def _tool_calls(calls: Sequence[Json]) -> list[dict[str, Any]]:
    return [
        {"id": c["id"], "function": {"name": c["name"], "arguments": c["arguments"]}} for c in calls
    ]


def begun_at(call: Json) -> datetime:
    return datetime.fromisoformat(call["at"])


def texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}

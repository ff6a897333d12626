"""The fake is held against the SDK's own types, so that tests against it mean something."""

import json
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest
from anthropic.types import (
    MessageDeltaUsage,
    RawContentBlockDeltaEvent,
    RawContentBlockStartEvent,
    RawContentBlockStopEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    RawMessageStopEvent,
)

from tests.fakes.anthropic import (
    FakeAnthropic,
    closing,
    error,
    message_start,
    text_block,
    thinking_block,
    tool_block,
    usage_of,
)

BODY: dict[str, Any] = {"model": "claude", "max_tokens": 9, "messages": []}
EVENTS: dict[str, Any] = {
    "message_start": RawMessageStartEvent,
    "content_block_start": RawContentBlockStartEvent,
    "content_block_delta": RawContentBlockDeltaEvent,
    "content_block_stop": RawContentBlockStopEvent,
    "message_delta": RawMessageDeltaEvent,
    "message_stop": RawMessageStopEvent,
}


@pytest.fixture
async def upstream() -> AsyncIterator[FakeAnthropic]:
    async with FakeAnthropic(reply=lambda body: "Grüß Gott, na endlich!") as fake:
        yield fake


@pytest.fixture
async def client(upstream: FakeAnthropic) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(
        base_url=upstream.base_url, api_key="sk-x", max_retries=0, timeout=10
    ) as client:
        yield client


@pytest.mark.parametrize(
    "frames",
    [
        [message_start(BODY, usage_of(BODY))],
        text_block(0, "Hello there."),
        thinking_block(0, "Let me think."),
        tool_block(0, "search", {"query": "clay"}),
        closing("tool_use", {"output_tokens": 9}),
        closing(
            "refusal",
            {"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 2}},
            stop_details={"type": "refusal", "category": "bio", "explanation": "no"},
        ),
    ],
)
def test_every_frame_is_of_the_sdks_shape(frames: list[bytes]) -> None:
    for sent in frames:
        name, data = sent.decode().strip().split("\n")
        payload = json.loads(data.removeprefix("data: "))
        assert name == f"event: {payload['type']}"
        EVENTS[payload["type"]].model_validate(payload, strict=True)


def test_usage_is_of_the_sdks_shape() -> None:
    MessageDeltaUsage.model_validate(usage_of(BODY) | {"output_tokens": 1}, strict=True)


@pytest.mark.parametrize("fault", ["ok", "crlf", "one-byte", "thinking"])
async def test_the_sdk_hears_an_answer(client: anthropic.AsyncAnthropic, fault: str) -> None:
    async with client.messages.stream(
        model=fault, max_tokens=9, messages=[{"role": "user", "content": "Hello?"}]
    ) as stream:
        message = await stream.get_final_message()

    said = [block.text for block in message.content if block.type == "text"]
    assert said == ["Yes." if fault == "thinking" else "Grüß Gott, na endlich!"]
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens > 1


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("status-429-after-7", anthropic.RateLimitError),
        ("status-529", anthropic.OverloadedError),
        ("spend-limit", anthropic.RateLimitError),
    ],
)
async def test_the_sdk_knows_its_errors(
    client: anthropic.AsyncAnthropic, model: str, kind: type[anthropic.APIStatusError]
) -> None:
    with pytest.raises(kind) as raised:
        await client.messages.create(
            model=model, max_tokens=9, messages=[{"role": "user", "content": "Hello?"}]
        )

    assert raised.value.type is not None
    if model == "spend-limit":
        assert raised.value.error_code == "enforced_spend_limit_reached"


async def test_models(client: anthropic.AsyncAnthropic) -> None:
    assert [model.id async for model in client.models.list()] == ["claude-large", "claude-small"]


def test_an_error_names_its_kind() -> None:
    assert error(529, "Overloaded")["error"]["type"] == "overloaded_error"

"""The fake is checked against OpenAI's own client, so that tests against it mean something."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageFunctionToolCall

from tests.fakes.openai_frames import script
from tests.fakes.openai_wire import FakeOpenAI

MESSAGES: Any = [{"role": "user", "content": "Hello?"}]
TOOLS: Any = [{"type": "function", "function": {"name": "seller_turn", "parameters": {}}}]


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(reply=lambda body: "Grüß Gott, na endlich!") as fake:
        yield fake


@pytest.fixture
async def client(upstream: FakeOpenAI) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        base_url=upstream.base_url, api_key="sk-x", max_retries=0, timeout=10
    ) as client:
        yield client


class TestWithTheOpenAIClient:
    async def test_whole_answer(self, client: openai.AsyncOpenAI) -> None:
        answer = await client.chat.completions.create(model="m", messages=MESSAGES)

        assert answer.choices[0].message.content == "Grüß Gott, na endlich!"
        assert answer.choices[0].finish_reason == "stop"
        assert answer.usage is not None
        assert answer.usage.completion_tokens > 0

    @pytest.mark.parametrize(
        "fault",
        [
            "ok",
            "comments",
            "comments-then-tokens",
            "crlf",
            "null-usage",
            "one-byte",
            "split-characters",
            "usage-at-finish",
        ],
    )
    async def test_stream(self, client: openai.AsyncOpenAI, fault: str) -> None:
        stream = await client.chat.completions.create(
            model=fault, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]

        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert said == "Grüß Gott, na endlich!"
        assert chunks[-1].usage is not None

    async def test_no_usage_unless_asked(self, client: openai.AsyncOpenAI) -> None:
        stream = await client.chat.completions.create(model="m", messages=MESSAGES, stream=True)

        assert all([chunk.usage is None async for chunk in stream])

    async def test_tool_call(self, upstream: FakeOpenAI, client: openai.AsyncOpenAI) -> None:
        upstream.reply = lambda body: {"message": "Deal."}
        answer = await client.chat.completions.create(model="m", messages=MESSAGES, tools=TOOLS)

        calls = answer.choices[0].message.tool_calls
        assert calls is not None
        call = calls[0]
        assert isinstance(call, ChatCompletionMessageFunctionToolCall)
        assert json.loads(call.function.arguments) == {"message": "Deal."}

    @pytest.mark.parametrize("stream", [True, False])
    async def test_choices_and_logprobs(self, client: openai.AsyncOpenAI, stream: bool) -> None:
        asked: Any = {"model": "m", "messages": MESSAGES, "n": 2, "logprobs": True}
        if stream:
            chunks = [c async for c in await client.chat.completions.create(**asked, stream=True)]
            choices = [choice for chunk in chunks for choice in chunk.choices]
        else:
            choices = (await client.chat.completions.create(**asked)).choices

        assert {choice.index for choice in choices} == {0, 1}
        tokens = [
            t.token for c in choices if c.index == 1 and c.logprobs for t in c.logprobs.content
        ]
        assert "".join(tokens) == "Grüß Gott, na endlich!"

    async def test_vectors(self, client: openai.AsyncOpenAI) -> None:
        answer = await client.embeddings.create(model="m", input=["four", "sixsix"])

        assert [row.embedding for row in answer.data] == [[4, 0.5, -0.25], [6, 0.5, -0.25]]

    async def test_error(self, client: openai.AsyncOpenAI) -> None:
        with pytest.raises(openai.RateLimitError, match="the fake says 429") as raised:
            await client.chat.completions.create(model="status-429-after-7", messages=MESSAGES)

        assert raised.value.response.headers["retry-after"] == "7"

    async def test_error_in_mid_stream(self, client: openai.AsyncOpenAI) -> None:
        stream = await client.chat.completions.create(
            model="error-chunk", messages=MESSAGES, stream=True
        )
        with pytest.raises(openai.APIError, match="Provider disconnected"):
            [chunk async for chunk in stream]

    async def test_models(self, client: openai.AsyncOpenAI) -> None:
        assert [model.id async for model in client.models.list()] == ["fake-small", "fake-large"]


@pytest.mark.parametrize("tools", [[], TOOLS])
def test_every_chunk_is_of_openais_shape(tools: list[Any]) -> None:
    body = {"model": "m", "tools": tools, "stream_options": {"include_usage": True}}
    frames = script(body, {"message": "Deal."}).all_frames()

    assert frames.pop() == b"data: [DONE]\n\n"
    for sent in frames:
        ChatCompletionChunk.model_validate_json(sent.removeprefix(b"data: "), strict=True)


async def test_runs_as_a_process_of_its_own() -> None:
    command = ("-m", "tests.fakes.openai_wire", "--reply", "negotiating", "--latency", "0.01")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE)
    try:
        assert process.stdout is not None
        base_url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        async with openai.AsyncOpenAI(base_url=base_url, api_key="sk-x", timeout=10) as client:
            answer = await client.chat.completions.create(model="m", messages=MESSAGES)
    finally:
        process.terminate()
        await process.wait()

    assert answer.choices[0].message.content == "Let us find a price that suits us both."

"""OpenAI's own Python package as the client: its base URL is all that changes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Self

import openai
import pytest
import pytest_asyncio

from tests.compat.openai.conftest import SPARE, TEXT
from tests.compat.openai.heard import HELLO
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"place": {"type": "string"}}},
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(door: Service) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        base_url=f"{door.url}/v1", api_key="sk-anything", max_retries=0
    ) as made:
        yield made


@pytest.fixture(autouse=True)
def _as_before(vendor: FakeOpenAI, spare: FakeOpenAI) -> None:
    vendor.reply, vendor.token_delay = (lambda _body: TEXT), 0.0
    vendor.requests.clear()
    spare.requests.clear()


async def test_an_answer(client: openai.AsyncOpenAI, vendor: FakeOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="openai:ok", messages=[{"role": "user", "content": "Hello"}], temperature=0.2
    )

    assert answer.choices[0].message.content == TEXT
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens > 0
    assert vendor.calls == [
        {"model": "ok", "messages": [{"role": "user", "content": "Hello"}], "temperature": 0.2}
    ]


async def test_a_stream(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="openai:ok", messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    chunks = [chunk async for chunk in stream]

    said = "".join(c.choices[0].delta.content or "" for c in chunks)
    assert said == TEXT
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)


async def test_a_stream_counts_its_tokens_for_who_asks(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="openai:ok",
        messages=[{"role": "user", "content": "Hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    *chunks, last = [chunk async for chunk in stream]

    assert not any(chunk.usage for chunk in chunks)
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.completion_tokens > 0
    assert {last.id, last.model} == {chunks[0].id, chunks[0].model}


@pytest.mark.parametrize("stream", [False, True])
async def test_tools(client: openai.AsyncOpenAI, vendor: FakeOpenAI, stream: bool) -> None:
    vendor.reply = lambda _body: {"place": "Bonn"}
    async with (
        client.chat.completions.stream(
            model="openai:ok",
            messages=[{"role": "user", "content": "How is the weather?"}],
            tools=[WEATHER],  # type: ignore[list-item]  # a plain dict is what people write
        )
        if stream
        else _Whole(client) as answering
    ):
        completion = await answering.get_final_completion()

    [call] = completion.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.id, call.function.name) == ("call_1", "weather")
    assert call.function.arguments == '{"place": "Bonn"}'
    assert completion.choices[0].finish_reason == "tool_calls"
    assert vendor.calls[0]["tools"] == [WEATHER]


async def test_a_conversation_with_tools_and_pictures_passes_on(
    client: openai.AsyncOpenAI, vendor: FakeOpenAI
) -> None:
    messages: list[Any] = [
        {"role": "developer", "content": "Be short."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "A cat."},
    ]
    await client.chat.completions.create(
        model="openai:ok",
        messages=messages,
        response_format={"type": "json_object"},
        n=2,
        logprobs=True,
        seed=7,
        extra_body={"made_up": {"by": "the vendor"}},
    )

    [body] = vendor.calls
    assert body["messages"] == messages
    assert body["response_format"] == {"type": "json_object"}
    assert (body["n"], body["logprobs"], body["seed"]) == (2, True, 7)
    assert body["made_up"] == {"by": "the vendor"}


async def test_our_own_fields_stay_here(
    client: openai.AsyncOpenAI, vendor: FakeOpenAI, spare: FakeOpenAI
) -> None:
    ours = {
        "models": ["spare:ok"],
        "task": "summary",
        "complexity": "simple",
        "cache": False,
        "compress": False,
        "free": False,
    }
    answer = await client.chat.completions.create(
        model="openai:status-500",
        messages=[{"role": "user", "content": "Hello"}],
        extra_body=ours,
    )

    assert answer.choices[0].message.content == SPARE
    for body in (*vendor.calls, *spare.calls):
        assert set(body) == {"model", "messages"}


async def test_choices_and_logprobs_come_back(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="openai:ok", messages=[{"role": "user", "content": "Hello"}], n=2, logprobs=True
    )

    assert [choice.index for choice in answer.choices] == [0, 1]
    assert answer.choices[0].logprobs is not None
    assert answer.choices[0].logprobs.content


async def test_headers_tell_which_model_answered(client: openai.AsyncOpenAI) -> None:
    raw = await client.chat.completions.with_raw_response.create(
        model="openai:status-500@headers",
        messages=[{"role": "user", "content": "Hello"}],
        extra_body={"models": ["spare:ok"]},
        extra_headers={"x-request-id": "mine-1"},
    )

    assert raw.headers["x-parley-model"] == "spare:ok"
    assert raw.headers["x-parley-attempts"] == "4"
    assert raw.headers["x-parley-cache"] == "off"
    assert raw.headers["x-request-id"] == "mine-1"


async def test_a_model_that_was_passed_over_is_no_try(door: Service) -> None:
    body = {"model": "openai:status-503@over", "models": ["spare:ok"], "messages": HELLO}
    headers = {"x-tenant-id": "passed-over"}
    path = "/v1/chat/completions"
    answers = [await door.http.post(path, json=body, headers=headers) for _ in range(6)]
    [newest, *_] = (await door.http.get("/api/v1/llm/calls", headers=headers)).json()["calls"]
    told = await door.http.get(f"/api/v1/llm/calls/{newest['id']}", headers=headers)

    before = answers[0].headers["x-parley-attempts"]
    assert (before, answers[-1].headers["x-parley-attempts"]) == ("4", "1")
    over = [(a["model"], a["passed_over"]) for a in told.json()["attempts"]]
    assert over == [("status-503@over", True), ("ok", False)]


async def test_what_a_call_cost_is_told_where_the_vendor_says(
    client: openai.AsyncOpenAI, vendor: FakeOpenAI
) -> None:
    vendor.usage = {"cost": 0.00042}
    try:
        raw = await client.chat.completions.with_raw_response.create(
            model="openai:ok", messages=[{"role": "user", "content": "Hello"}]
        )
    finally:
        vendor.usage = {}

    assert raw.headers["x-parley-cost"] == "0.00042"


@pytest.mark.parametrize(
    ("model", "error", "code"),
    [
        ("openai:status-401@e", openai.AuthenticationError, "invalid_api_key"),
        ("openai:status-403@e", openai.PermissionDeniedError, "permission_denied"),
        ("openai:status-404@e", openai.NotFoundError, "model_not_found"),
        ("openai:status-400@e", openai.BadRequestError, "invalid_request"),
        ("openai:status-422@e", openai.UnprocessableEntityError, "unprocessable_request"),
        ("openai:status-429-after-9@e", openai.RateLimitError, "rate_limit_exceeded"),
        ("openai:status-503@e", openai.InternalServerError, "provider_unavailable"),
        ("openai:html@e", openai.InternalServerError, "bad_gateway"),
        ("no-such-model", openai.NotFoundError, "model_not_found"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_errors_are_the_clients_own(
    client: openai.AsyncOpenAI,
    model: str,
    error: type[openai.APIStatusError],
    code: str,
    stream: bool,
) -> None:
    with pytest.raises(error) as raised:
        await client.chat.completions.create(
            model=f"{model}{stream}",
            messages=[{"role": "user", "content": "Hello"}],
            stream=stream,
        )

    assert raised.value.code == code
    assert raised.value.request_id


async def test_a_stream_that_breaks_off_raises(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="openai:cut", messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    said = ""

    async def listen() -> None:
        nonlocal said
        async for chunk in stream:
            said += chunk.choices[0].delta.content or ""

    with pytest.raises(openai.APIError, match="broke off") as raised:
        await listen()

    assert said
    assert TEXT.startswith(said)
    assert raised.value.code == "bad_gateway"


async def test_leaving_in_mid_stream_hangs_up_on_the_vendor(
    client: openai.AsyncOpenAI, vendor: FakeOpenAI
) -> None:
    vendor.token_delay = 0.05
    stream = await client.chat.completions.create(
        model="openai:ok", messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    async for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    await stream.close()

    await asyncio.wait_for(vendor.chats[-1].hung_up(), 30)


@pytest.mark.parametrize("encoding", ["float", "base64"])
async def test_embeddings(client: openai.AsyncOpenAI, encoding: str) -> None:
    answer = await client.embeddings.create(
        model="openai:ok",
        input=["Hi", "Hello"],
        encoding_format="float" if encoding == "float" else openai.omit,
    )

    assert [row.embedding for row in answer.data] == [[2.0, 0.5, -0.25], [5.0, 0.5, -0.25]]
    assert answer.usage.prompt_tokens > 0


@pytest.mark.parametrize(("tokens", "count"), [([9906, 11], 1), ([[9906], [11, 1917]], 2)])
async def test_embeddings_of_tokens(
    client: openai.AsyncOpenAI, vendor: FakeOpenAI, tokens: list[Any], count: int
) -> None:
    answer = await client.embeddings.create(model="openai:ok", input=tokens)

    assert len(answer.data) == count
    assert vendor.requests[-1].body["input"] == tokens


async def test_the_models_there_are(client: openai.AsyncOpenAI) -> None:
    names = {model.id async for model in client.models.list()}

    assert "auto" in names
    assert "profile:chat" in names
    one = await client.models.retrieve("auto")
    assert (one.object, one.owned_by) == ("model", "parley")
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("openai:no/such/model")


class _Whole:
    """The same face as a stream's, for an answer that isn't one."""

    def __init__(self, client: openai.AsyncOpenAI) -> None:
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def get_final_completion(self):  # type: ignore[no-untyped-def]  # the client's own type
        return await self._client.chat.completions.create(
            model="openai:ok",
            messages=[{"role": "user", "content": "How is the weather?"}],
            tools=[WEATHER],  # type: ignore[list-item]  # as above
        )

import asyncio
import socket

import pytest

from app.llm import (
    BadGateway,
    ChainExhausted,
    Connection,
    LLMClient,
    LLMError,
    ModelRef,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    RetryPolicy,
    Timeouts,
    TokensSpent,
    build_client,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, ask

TEXT = "Grüß Gott, naïve 🦊 Welt – 你好!"


async def failure(client: LLMClient, model: str) -> LLMError:
    """The one reason why `model` didn't answer."""
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(ask(model))
    assert len(raised.value.attempts) == 1
    return raised.value.cause


@pytest.mark.parametrize(
    "way",
    [
        "ok",
        "comments",
        "crlf",
        "cut-after-finish",
        "gzipped",
        "hanging-after-finish",
        "json-only",
        "lingering",
        "no-finish-reason",
        "odd-chunks",
        "one-byte",
        "split-characters",
        "thinking",
    ],
)
async def test_answers_that_are_all_there(
    client: LLMClient, upstream: FakeOpenAI, way: str
) -> None:
    upstream.reply = lambda body: TEXT

    assert (await client.complete(ask(way))).text == TEXT


async def test_a_chunk_of_megabytes(client: LLMClient) -> None:
    assert len((await client.complete(ask("big-chunk"))).text) == 5_000_000


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("broken-gzip", BadGateway, "broke off in mid-answer"),
        ("cut", BadGateway, "broke off in mid-answer"),
        ("cut-cleanly", BadGateway, "broke off in mid-answer"),
        ("cut-json", BadGateway, "broke off in mid-answer"),
        ("empty", BadGateway, "answered with nothing"),
        ("empty-answer", BadGateway, "answered with nothing"),
        ("empty-stream", BadGateway, "broke off in mid-answer"),
        ("error-chunk", ProviderUnavailable, "502: Provider disconnected"),
        ("error-first", ProviderUnavailable, "out of memory"),
        ("error-json", RateLimited, "Too many requests"),
        ("error-text", BadGateway, "the model has crashed"),
        ("error-word-chunk", RateLimited, "slow down"),
        ("finish-error", BadGateway, "broke off with an error"),
        ("garbage", BadGateway, "isn't HTTP; check LM_STUDIO_BASE_URL"),
        ("garbage-chunk", BadGateway, "isn't JSON"),
        ("html", BadGateway, "text/html, neither JSON nor an event stream"),
        ("html-as-json", BadGateway, "isn't JSON"),
        ("huge-chunk", BadGateway, "more than 5 MB"),
        ("huge-json", BadGateway, "more than 5 MB"),
        ("list-chunk", BadGateway, "JSON that is no answer"),
        ("no-content-type", BadGateway, "no content type"),
        ("out-of-tokens", TokensSpent, "spent all of max_tokens"),
        ("redirect", BadGateway, "307, which is no answer; check LM_STUDIO_BASE_URL"),
        ("refuse", ProviderUnavailable, "start LM Studio's server"),
        ("status-400", RequestRefused, "doesn't suit this model"),
        ("status-401", RequestRefused, "check LM_STUDIO_API_KEY"),
        ("status-402", RequestRefused, "add credits"),
        ("status-403", RequestRefused, "check LM_STUDIO_API_KEY"),
        ("status-404", RequestRefused, "load the model"),
        ("status-408", ModelTimeout, "408"),
        ("status-422", RequestRefused, "422"),
        ("status-429", RateLimited, "the fake says 429"),
        ("status-500", ProviderUnavailable, "the fake says 500"),
        ("status-502", ProviderUnavailable, "502"),
        ("status-503", ProviderUnavailable, "503"),
        ("status-529", ProviderUnavailable, "529"),
    ],
)
async def test_answers_that_are_none(
    client: LLMClient, model: str, kind: type[LLMError], words: str
) -> None:
    error = await failure(client, model)

    assert type(error) is kind
    assert f"LM Studio ({model})" in error.message
    assert words in error.message


@pytest.mark.parametrize(
    ("model", "seconds"),
    [("status-429", None), ("status-429-after-7", 7), ("status-503-after-1.5", 1.5)],
)
async def test_retry_after(client: LLMClient, model: str, seconds: float | None) -> None:
    error = await failure(client, model)

    assert isinstance(error, ProviderUnavailable)
    assert error.retry_after == seconds


async def test_retry_after_a_date(client: LLMClient) -> None:
    error = await failure(client, "status-429-date")

    assert isinstance(error, RateLimited)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= 7


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = build_client(
        {"lm_studio": Connection(base_url=f"http://127.0.0.1:{port}/v1")},
        retry=RetryPolicy(retries=0),
    )
    error = await failure(client, "m")
    await client.aclose()

    assert type(error) is ProviderUnavailable
    assert "start LM Studio's server" in error.message


async def test_unknown_host() -> None:
    client = build_client(
        {"ollama": Connection(base_url="http://no-such-host.invalid/v1")},
        retry=RetryPolicy(retries=0),
    )
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(ask(ModelRef("ollama", "m")))
    await client.aclose()

    assert type(raised.value.cause) is ProviderUnavailable
    assert "start Ollama" in raised.value.message


async def test_redirects_are_not_followed(connect_all: LLMClient, upstream: FakeOpenAI) -> None:
    with pytest.raises(ChainExhausted, match="307"):
        await connect_all.complete(ask(ModelRef("openai", "redirect")))

    assert len(upstream.requests) == 1


async def test_one_connection_serves_many_calls(
    connect_all: LLMClient, upstream: FakeOpenAI
) -> None:
    for _ in range(5):
        await connect_all.complete(ask(ModelRef("openai", "ok")))

    assert upstream.accepted == 1


async def test_calls_run_side_by_side(connect_all: LLMClient, upstream: FakeOpenAI) -> None:
    """None of 150 answers before all have been asked: no pool holds any back."""
    everyone_asked = asyncio.Barrier(150)
    upstream.before_answer = everyone_asked.wait
    request = ask(ModelRef("openai", "ok"))
    async with asyncio.timeout(30):
        await asyncio.gather(*(connect_all.complete(request) for _ in range(150)))

    assert upstream.accepted == 150


class TestTimeouts:
    @pytest.mark.parametrize(
        "model",
        ["silence", "silence-after-headers", "silence-after-role", "comments-for-ever"],
    )
    async def test_first_token(self, connect: Connect, upstream: FakeOpenAI, model: str) -> None:
        error = await failure(connect(timeouts=Timeouts(first_token=0.1)), model)

        assert type(error) is ModelTimeout
        assert "said nothing within 0.1 s" in error.message
        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()

    @pytest.mark.parametrize("model", ["silence-in-mid-answer", "comments-in-mid-answer"])
    async def test_between_tokens(self, connect: Connect, upstream: FakeOpenAI, model: str) -> None:
        error = await failure(connect(timeouts=Timeouts(idle=0.1)), model)

        assert type(error) is ModelTimeout
        assert "nothing more came within 0.1 s" in error.message
        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()

    async def test_total(self, connect: Connect, upstream: FakeOpenAI) -> None:
        error = await failure(connect(timeouts=Timeouts(total=0.2)), "tokens-for-ever")

        assert type(error) is ModelTimeout
        assert "wasn't done within 0.2 s" in error.message

    async def test_a_refusal_without_its_text(self, connect: Connect) -> None:
        error = await failure(connect(timeouts=Timeouts(first_token=0.1)), "silent-refusal")

        assert type(error) is ProviderUnavailable
        assert "500" in error.message

    async def test_connect(self) -> None:
        """A listener whose backlog is full leaves the next connection waiting."""
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            address = full.getsockname()
            fillers = [_begin_connecting(address) for _ in range(4)]
            client = build_client(
                {"lm_studio": Connection(base_url=f"http://127.0.0.1:{address[1]}/v1")},
                timeouts=Timeouts(connect=0.2, first_token=20),
            )
            error = await failure(client, "m")
            await client.aclose()
            for filler in fillers:
                filler.close()

        assert type(error) is ModelTimeout
        assert "can't be connected to in time" in error.message

    async def test_slow_tokens_are_no_silence(self, connect: Connect, upstream: FakeOpenAI) -> None:
        """Each comes within the idle time-out, all of them together take longer."""
        upstream.token_delay = 0.1
        upstream.reply = lambda body: "one two three four five six seven"
        completion = await connect(timeouts=Timeouts(first_token=0.5, idle=0.5)).complete(ask())

        assert completion.text == "one two three four five six seven"


class TestListModels:
    async def test_ids(self, client: LLMClient) -> None:
        assert await client.list_models("lm_studio") == ("fake-small", "fake-large")

    async def test_no_list(self, connect: Connect, upstream: FakeOpenAI) -> None:
        upstream.models_payload = {"hello": "world"}

        with pytest.raises(BadGateway, match="no list of models"):
            await connect().list_models("lm_studio")


def _begin_connecting(address: tuple[str, int]) -> socket.socket:
    waiting = socket.socket()
    waiting.setblocking(False)
    waiting.connect_ex(address)
    return waiting

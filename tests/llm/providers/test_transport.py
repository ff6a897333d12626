import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.llm import ChainExhausted, Connection, LLMClient, ModelRef, RetryPolicy, build_client
from app.llm.providers._transport import _proxy_for, _tls
from tests.fakes.certificate import make_certificate
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import ask

MODEL = ModelRef("openai", "ok")


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3129")
    monkeypatch.setenv("no_proxy", "inside.example")


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize(
    ("base_url", "proxy"),
    [
        ("https://openrouter.ai/api/v1", "http://proxy.example:3129"),
        ("http://gpu-box:1234/v1", "http://proxy.example:3128"),
        ("http://inside.example:1234/v1", None),
        ("http://localhost:1234/v1", None),
        ("http://127.0.0.1:1234/v1", None),
        ("http://[::1]:1234/v1", None),
    ],
)
async def test_proxy_of_the_environment(base_url: str, proxy: str | None) -> None:
    assert _proxy_for(base_url) == proxy


async def test_a_kind_of_proxy_that_isnt_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://proxy.example:1080")

    assert _proxy_for("https://openrouter.ai/api/v1") is None


async def test_a_call_goes_through_the_proxy(
    upstream: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To which it names the whole address, and shows its own credentials."""
    address = upstream.base_url.removesuffix("/v1")
    monkeypatch.setenv("http_proxy", address.replace("://", "://user:secret@"))
    monkeypatch.setenv("no_proxy", "")
    client = client_of("http://models.invalid/v1")
    await client.complete(ask(MODEL))
    await client.aclose()

    (request,) = upstream.requests
    assert request.path == "http://models.invalid/v1/chat/completions"
    assert request.headers["proxy-authorization"] == basic("user:secret")
    assert request.headers["authorization"] == "Bearer sk-x"


def client_of(base_url: str, key: str | None = "sk-x") -> LLMClient:
    here = Connection(api_key=SecretStr(key) if key else None, base_url=base_url)
    name = "openai" if key else "ollama"
    return build_client({name: here}, retry=RetryPolicy(retries=0))


def basic(credentials: str) -> str:
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"


@pytest.mark.parametrize("key", [None, "sk-x"])
async def test_credentials_in_the_address(upstream: FakeOpenAI, key: str | None) -> None:
    """A key takes their place."""
    client = client_of(upstream.base_url.replace("://", "://me:p%40ss@"), key)
    await client.complete(ask(ModelRef("openai" if key else "ollama", "ok")))
    await client.aclose()

    request = next(r for r in upstream.requests if r.path == "/v1/chat/completions")
    assert request.headers["authorization"] == ("Bearer sk-x" if key else basic("me:p@ss"))


class TestTls:
    @pytest.fixture
    def certificates(self) -> Iterator[None]:
        """Those of the environment are read once: here, once a test."""
        _tls.cache_clear()
        yield
        _tls.cache_clear()

    @pytest.fixture
    async def guarded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificates: None
    ) -> AsyncIterator[FakeOpenAI]:
        file, context = make_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        async with FakeOpenAI(tls=context) as upstream:
            yield upstream

    async def test_certificates_of_the_environment(self, guarded: FakeOpenAI) -> None:
        client = client_of(guarded.base_url)
        for _ in range(3):
            completion = await client.complete(ask(MODEL))
        await client.aclose()

        assert completion.text == "Hello from the fake model."
        assert guarded.accepted == 1

    async def test_others_are_not_trusted(
        self, guarded: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        client = client_of(guarded.base_url)
        with pytest.raises(ChainExhausted, match="can't be reached"):
            await client.complete(ask(MODEL))
        await client.aclose()

    async def test_hanging_up_at_once(self, guarded: FakeOpenAI) -> None:
        client = client_of(guarded.base_url)
        async with aclosing(client.stream(ask(ModelRef("openai", "tokens-for-ever")))) as events:
            await anext(events)

        async with asyncio.timeout(30):
            await guarded.requests[0].hung_up()
        await client.aclose()

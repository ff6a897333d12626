"""The fake is held against the SDK's own types, so that tests against it mean something."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from tests.fakes.gemini import MODELS, FakeGemini, chunk, ending, frame, usage


@pytest.fixture
async def upstream() -> AsyncIterator[FakeGemini]:
    async with FakeGemini(reply=lambda body: "Grüß Gott, na endlich!") as fake:
        yield fake


@pytest.fixture
async def client(upstream: FakeGemini) -> AsyncIterator[genai.client.AsyncClient]:
    async with httpx2.AsyncClient(timeout=10) as http:
        options = types.HttpOptions(base_url=upstream.base_url, httpx_async_client=http)
        client = genai.Client(api_key="sk-x", enterprise=False, http_options=options)
        yield client.aio
        client.close()


@pytest.mark.parametrize(
    "sent",
    [
        frame(chunk({"text": "Hello"}, usageMetadata=usage())),
        frame(chunk({"text": "Hm", "thought": True})),
        frame(
            chunk(
                {"functionCall": {"id": "1", "name": "f", "args": {}}, "thoughtSignature": "eA=="}
            )
        ),
        frame({"promptFeedback": {"blockReason": "SAFETY"}}),
        ending("MAX_TOKENS", thoughtsTokenCount=3, cachedContentTokenCount=4),
    ],
)
def test_every_frame_is_of_the_sdks_shape(sent: bytes) -> None:
    assert sent.endswith(b"\r\n\r\n")
    types.GenerateContentResponse.model_validate_json(sent.removeprefix(b"data: "))


@pytest.mark.parametrize("fault", ["ok", "crlf", "one-byte"])
async def test_the_sdk_hears_an_answer(client: genai.client.AsyncClient, fault: str) -> None:
    chunks = await client.models.generate_content_stream(model=fault, contents="Hello?")
    heard = [chunk async for chunk in chunks]

    assert "".join(chunk.text or "" for chunk in heard) == "Grüß Gott, na endlich!"
    last = heard[-1]
    assert last.candidates is not None
    assert last.candidates[0].finish_reason is types.FinishReason.STOP
    assert last.usage_metadata is not None
    assert last.usage_metadata.candidates_token_count == 7


@pytest.mark.parametrize(
    ("model", "kind", "status"),
    [
        ("quota", errors.ClientError, "RESOURCE_EXHAUSTED"),
        ("bad-key", errors.ClientError, "INVALID_ARGUMENT"),
        ("status-503", errors.ServerError, "UNAVAILABLE"),
        ("error-first", errors.ServerError, "UNAVAILABLE"),
    ],
)
async def test_the_sdk_knows_its_errors(
    client: genai.client.AsyncClient, model: str, kind: type[errors.APIError], status: str
) -> None:
    chunks = await client.models.generate_content_stream(model=model, contents="Hello?")
    with pytest.raises(kind) as raised:
        [chunk async for chunk in chunks]

    assert raised.value.status == status


async def test_vectors(client: genai.client.AsyncClient) -> None:
    response = await client.models.embed_content(
        model="gemini-embedding-001", contents=["abc", "de"]
    )

    assert [each.values for each in response.embeddings or ()] == [[3.0, 1.0], [2.0, 1.0]]


async def test_models(client: genai.client.AsyncClient) -> None:
    listed = [model async for model in await client.models.list()]

    assert [model.name for model in listed] == [model["name"] for model in MODELS]
    assert listed[0].supported_actions == ["generateContent", "countTokens"]

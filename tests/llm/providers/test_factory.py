import pytest
from pydantic import SecretStr

from app.llm import OFFLINE, PROVIDERS, Connection, ProviderDisabled, build_client

KEYED = Connection(api_key=SecretStr("sk-x"))
LOCAL = Connection(base_url="http://127.0.0.1:9/v1")


async def test_configured_means_reachable() -> None:
    everything = {"openrouter": KEYED, "openai": Connection(base_url="http://127.0.0.1:9/v1")}
    keyless = {"ollama": LOCAL, "lm_studio": KEYED}

    assert build_client(everything | keyless).configured() == ("openrouter", "ollama")


@pytest.mark.parametrize(
    ("default", "expected"), [(None, "lm_studio"), ("openai", "openai"), (OFFLINE, OFFLINE)]
)
async def test_default_provider(default: str | None, expected: str) -> None:
    client = build_client({"lm_studio": LOCAL, "openai": KEYED}, default_provider=default)

    assert client.default_provider == expected


async def test_offline_is_the_default_of_last_resort() -> None:
    client = build_client({})

    assert client.configured() == ()
    assert client.default_provider == OFFLINE
    client.require(OFFLINE)


async def test_require() -> None:
    client = build_client({"openai": KEYED})
    client.require("openai")

    with pytest.raises(ProviderDisabled, match="set OPENROUTER_API_KEY") as raised:
        client.require("openrouter")
    assert "Configured: openai, offline" in raised.value.message


async def test_usual_address() -> None:
    client = build_client({"openrouter": KEYED, "ollama": LOCAL})

    assert client.base_url("openrouter") == "https://openrouter.ai/api/v1"
    assert client.base_url("ollama") == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("name", PROVIDERS)
def test_registry(name: str) -> None:
    row = PROVIDERS[name]

    assert row.name == name
    assert row.key_variable == f"{name.upper()}_API_KEY"
    assert row.base_url.startswith("https://" if row.needs_key else "http://localhost:")
    assert not row.base_url.endswith("/")

import pytest

from app.llm.providers._transport import _proxy_for


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

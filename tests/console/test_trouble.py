"""What the page does when something is away: the line, the reader, the model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from app.db import Address
from tests.console.line import line_to
from tests.console.markets import Client, market
from tests.console.page import Page
from tests.fixtures.service import served_from_a_thread, settings_for

pytestmark = pytest.mark.browser


def test_a_cut_line_loses_and_doubles_nothing(
    chromium: webdriver.Chrome, live_server: str, client: Client
) -> None:
    made = client.create(market(pace_seconds=0.3), start=True)
    with line_to(live_server) as line:
        page = Page(chromium, line.url)
        page.look()
        page.open(made.address())
        page.until(lambda: len(page.bubbles()) >= 2, "the talk to begin")
        line.cut()
        page.until(lambda: page.text(".stage") == "Reconnecting…", "a word about the cut line")
        line.mend()
        page.wait_for_end()

        assert page.bubbles() == client.said(made.rooms[0])


def test_who_looks_away_misses_nothing(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=0.3), start=True)
    page.open(made.address())
    page.until(lambda: len(page.bubbles()) >= 2, "the talk to begin")
    here = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.until(lambda: client.state(made.rooms[0])["status"] == "completed", "the end, unwatched")
    page.driver.close()
    page.driver.switch_to.window(here)

    said = client.said(made.rooms[0])
    page.until(lambda: page.bubbles() == said, "all that was said meanwhile")


@pytest.fixture
def modelless(
    clean_address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A service whose only model server isn't there."""
    settings = settings_for(
        clean_address,
        tmp_path,
        monkeypatch,
        LLM_PROVIDER="lm_studio",
        LM_STUDIO_BASE_URL="http://127.0.0.1:9/v1",
    )
    with served_from_a_thread(settings) as url:
        yield url


def test_a_model_that_is_away_is_said_to_be(chromium: webdriver.Chrome, modelless: str) -> None:
    client = Client(modelless)
    page = Page(chromium, modelless)
    page.look()
    request = market(llm_config={"model": "some-model", "provider": "lm_studio"})
    made = client.create(request, start=True)
    client.close()
    page.open(made.address())

    assert page.until(lambda: page.text("#llm"), "the status") == "lm_studio · unreachable"
    assert page.wait_for_end() == "The negotiation was broken off."
    assert page.named("button", "Start again").is_enabled()

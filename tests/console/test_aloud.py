"""Rooms and conversations aloud, in a real browser: what is heard of them, and what is said."""

from collections.abc import Iterator

import httpx
import pytest
from selenium.webdriver.remote.webelement import WebElement

from app.db import Address
from tests.console.markets import Client, Created, market
from tests.console.page import Page
from tests.console.talks import in_a_thread, upstream_in_a_thread
from tests.console.test_reading import FAINT
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.database import new_database
from tests.fixtures.service import served_from_a_thread, settings_for

pytestmark = pytest.mark.browser

SPEAKERS = "[data-message] .speak"
FAST = """((play) => {
  HTMLMediaElement.prototype.play = function () { this.playbackRate = 8; return play.call(this); };
})(HTMLMediaElement.prototype.play)"""
"""Who listens like this hasn't to wait for the end of a message."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[FakeOpenAI]:
    with upstream_in_a_thread() as fake:
        yield fake


@pytest.fixture(scope="module")
def elevenlabs() -> Iterator[FakeElevenLabs]:
    with in_a_thread(FakeElevenLabs()) as fake:
        yield fake


@pytest.fixture
def vendor(elevenlabs: FakeElevenLabs) -> Iterator[FakeElevenLabs]:
    yield elevenlabs
    elevenlabs.fault = "ok"


@pytest.fixture(scope="module")
def live_server(
    postgres: Address,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    upstream: FakeOpenAI,
    elevenlabs: FakeElevenLabs,
) -> Iterator[str]:
    """One service for the module, which has a voice."""
    with (
        new_database(postgres, f"aloud_{worker_id}") as address,
        pytest.MonkeyPatch.context() as patch,
    ):
        settings = settings_for(
            address,
            tmp_path_factory.mktemp("aloud"),
            patch,
            LLM_CHAIN_CHAT="lm_studio:fake-small",
            LM_STUDIO_BASE_URL=upstream.base_url,
            ELEVENLABS_API_KEY=KEY,
            ELEVENLABS_BASE_URL=elevenlabs.base_url,
        )
        with served_from_a_thread(settings) as url:
            yield url


@pytest.fixture
def room(page: Page, client: Client, live_server: str) -> Iterator[Created]:
    """A room whose talk is over, in front of the reader."""
    made = client.create(market(), start=True)
    page.until(lambda: client.state(made.rooms[0])["status"] == "completed", "the end")
    page.open(made.address())
    page.until(lambda: page.all(SPEAKERS), "buttons to listen")
    yield made
    page.script("localStorage.clear()")


def states(page: Page) -> list[str | None]:
    return [button.get_attribute("data-state") for button in page.all(SPEAKERS)]


def listen(page: Page, number: int) -> None:
    def button() -> WebElement | None:
        found = page.all(SPEAKERS)
        return found[number] if len(found) > number else None

    page.press(button, "to press a speaker")


def test_each_message_is_read_by_its_button(page: Page, room: Created) -> None:
    page.look(motion="no-preference")
    assert len(states(page)) == len(page.bubbles())
    listen(page, 1)
    page.until(lambda: states(page)[1] == "playing", "the second message to be heard")
    page.until(
        lambda: page.script("return CSS.highlights.get('spoken')?.size"), "its words to be marked"
    )
    name = page.all(SPEAKERS)[1].get_attribute("aria-label")
    assert name in {"Stop reading TechStore’s message", "Stop reading Maple & Sons’s message"}
    listen(page, 2)
    page.until(lambda: states(page)[1:3] == ["silent", "playing"], "the third in its place")
    assert len(page.all("[data-speaking]")) == 1
    listen(page, 2)

    page.until(lambda: set(states(page)) == {"silent"}, "nothing to be heard")
    assert page.script(FAINT) == []


def test_where_speech_fails_the_text_stays(
    page: Page, room: Created, vendor: FakeElevenLabs
) -> None:
    said = page.bubbles()
    vendor.fault = "quota"
    listen(page, 3)
    note = page.until(lambda: page.text(".voice-note"), "a word about it")

    assert "The text is all there." in note
    assert set(states(page)) == {"silent"}
    assert page.bubbles() == said


def test_new_messages_are_read_as_they_come(
    page: Page, client: Client, room: Created, live_server: str
) -> None:
    page.script(FAST)
    page.press(lambda: page.find(".room-voice input"), "to switch it on")
    assert set(states(page)) == {"silent"}
    page.press_button("Start again")
    page.until(lambda: "playing" in states(page), "the first of them to be heard")
    first = states(page).index("playing")
    assert first == 0
    page.until(lambda: states(page)[1:2] == ["playing"], "the second after it")

    page.open(room.address())
    assert page.find(".room-voice input").is_selected()
    assert set(states(page)) <= {"silent"}


@pytest.fixture
def http(live_server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=live_server, timeout=30) as client:
        yield client

"""Rooms and conversations aloud, in a real browser: what is heard of them, and what is said."""

from collections.abc import Iterator

import httpx
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from app.db import Address
from tests.console.markets import Client, Created, market
from tests.console.page import Page
from tests.console.talks import Talk, counted, in_a_thread, upstream_in_a_thread
from tests.console.test_reading import FAINT
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.elevenlabs_hearing import PATH, Listener
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
def ears() -> Listener:
    return Listener(text="please count to 12")


@pytest.fixture(scope="module")
def elevenlabs(ears: Listener) -> Iterator[FakeElevenLabs]:
    with in_a_thread(FakeElevenLabs()) as fake:
        fake.routes[PATH] = ears
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


LONG = " ".join(f"This is sentence number {n} of them." for n in range(1, 40))


@pytest.fixture
def talk(page: Page, live_server: str) -> Iterator[Talk]:
    """A new chat in front of the reader, with all that belongs to a voice."""
    with httpx.Client(base_url=live_server, timeout=30) as http:
        talk = Talk(page, http)
        talk.open()
        page.find(".talk-button")
        yield talk
        page.script("localStorage.clear()")


def switch_on(page: Page) -> None:
    def switch() -> WebElement | None:
        found = page.all(".wishes .check")
        return next((each for each in found if each.text == "Voice"), None)

    page.press(switch, "to switch the voice on")


def speaking(page: Page) -> bool:
    return bool(page.all(".answer[data-speaking=playing]"))


def test_an_answer_is_heard_before_it_is_whole_and_a_stop_ends_both(talk: Talk) -> None:
    switch_on(talk.page)
    talk.say(LONG)
    talk.page.until(lambda: speaking(talk.page), "the answer to be heard")
    assert talk.running()
    talk.page.press_button("Stop")
    kept = talk.finish()

    talk.page.until(lambda: not talk.page.all("[data-speaking]"), "silence")
    assert f"You said: {LONG}".startswith(kept)
    assert talk.stored()[-1]["status"] == "stopped"


def test_an_answer_is_heard_again_by_its_button(talk: Talk) -> None:
    talk.page.look(motion="no-preference")
    talk.say("hello to you there")
    talk.finish()
    assert not speaking(talk.page)
    talk.act("Listen to this answer")
    talk.page.until(lambda: speaking(talk.page), "the answer to be heard")
    talk.page.until(
        lambda: talk.page.script("return CSS.highlights.get('spoken')?.size"), "a word marked"
    )
    talk.page.keys(Keys.ESCAPE)
    talk.page.until(lambda: not talk.page.all("[data-speaking]"), "silence")
    assert talk.page.script(FAINT) == []


def test_another_message_ends_what_is_heard(talk: Talk) -> None:
    switch_on(talk.page)
    talk.say("hello to you, who are there and listen to me for quite a while")
    talk.finish()
    talk.page.until(lambda: speaking(talk.page), "the answer to be heard")
    talk.say("again")
    talk.page.until(
        lambda: talk.page.all(".answer:nth-child(4)[data-speaking]"), "the new one in its place"
    )
    assert len(talk.page.all("[data-speaking]")) == 1
    talk.finish(2)


def test_an_answer_without_its_voice_is_read_all_the_same(
    talk: Talk, elevenlabs: FakeElevenLabs
) -> None:
    elevenlabs.spoken_to.fault = "refuse"
    switch_on(talk.page)
    talk.say("hello")
    note = talk.page.until(lambda: talk.page.text(".ask .voice-note"), "a word about it")
    elevenlabs.spoken_to.fault = "ok"

    assert "The text is all there." in note
    assert talk.finish() == "You said: hello"


def speak(page: Page) -> None:
    """Says something into the microphone, for long enough to be taken for speech."""
    page.find(".talk-button").send_keys(Keys.SPACE)
    page.until(lambda: page.text(".recording .time").startswith("0:01"), "a second of it")
    page.keys(Keys.SPACE)


def test_what_is_said_comes_into_the_box(talk: Talk, ears: Listener) -> None:
    talk.page.find("#ask").send_keys("Now")
    speak(talk.page)
    talk.page.until(
        lambda: talk.page.find("#ask").get_property("value") == "Now please count to 12",
        "what was understood",
    )

    assert ears.heard[-1].file.startswith(b"\x1aE\xdf\xa3")
    assert talk.page.focus().get_attribute("id") == "ask"
    talk.page.keys(Keys.ENTER)
    assert talk.finish() == counted(12)


def test_with_the_voice_on_it_is_said_and_the_answer_heard(talk: Talk) -> None:
    switch_on(talk.page)
    speak(talk.page)
    talk.page.until(lambda: talk.page.all("[data-speaking]"), "the answer to be heard")

    assert talk.finish() == counted(12)
    assert talk.said() == ["please count to 12"]
    assert [m["content"] for m in talk.stored()] == ["please count to 12", counted(12)]


def test_what_is_not_understood_says_why(talk: Talk, ears: Listener) -> None:
    ears.fault = "refuse"
    speak(talk.page)
    said = talk.page.until(lambda: talk.page.text(".ask .notes"), "why it isn't understood")
    ears.fault = "ok"

    assert "ElevenLabs hung up" in said
    assert talk.page.find(".talk-button").get_attribute("data-state") == "idle"


def test_to_talk_ends_what_is_being_said(talk: Talk) -> None:
    switch_on(talk.page)
    talk.say(LONG)
    talk.page.until(lambda: speaking(talk.page), "the answer to be heard")
    talk.page.find(".talk-button").send_keys(Keys.SPACE)
    talk.page.until(lambda: not talk.page.all("[data-speaking]"), "silence")
    talk.page.until(lambda: not talk.running(), "the answer to end")
    talk.page.keys(Keys.ESCAPE)

    assert talk.page.find(".talk-button").get_attribute("data-state") == "idle"
    assert len(talk.stored()) == 2

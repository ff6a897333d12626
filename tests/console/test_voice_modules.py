"""Speech and microphone as the pages use them, asked of the modules themselves; no service is
needed for that."""

from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.console.page import Page
from tests.console.sounds import event, spoken

pytestmark = pytest.mark.browser

TEXT = "Hello @TechStore, I pay $95."
DONE = event("done", characters=len(TEXT), seconds=1)

LISTEN = """
  const { Caption } = await import('/console/voice/caption.js');
  const line = document.createElement('p');
  line.append('Hello ', Object.assign(document.createElement('b'), { textContent: '@TechStore' }),
    ', I pay $95.');
  document.body.append(line);
  const marked = new Set(), states = new Set(), notices = [];
  const note = () => states.add(m.speaker.state);
  m.speaker.addEventListener('change', note);
  const look = setInterval(() => {
    for (const range of CSS.highlights.get('spoken') ?? []) marked.add(String(range));
  }, 5);
  const open = async () => new Response(a[0]);
  const play = () => m.speaker.play({ key: 'k', open, caption: new Caption(() => line),
    noticed: ({ code }) => notices.push(code) }).catch((e) => `${e.code}: ${e.message}`);
  const told = (end) => {
    clearInterval(look);
    line.remove();
    m.speaker.removeEventListener('change', note);
    return { end, marked: [...marked], states: [...states], notices, key: m.speaker.key,
      left: CSS.highlights.has('spoken') };
  };
"""


@pytest.fixture
def clicked(calm: Page) -> Iterator[Page]:
    """The page after a click, which the browser wants before anything is heard."""
    calm.look(motion="no-preference")
    calm.click(calm.find("h1"))
    yield calm
    calm.look()


def played(page: Page, *events: str, then: str = "told(await play())") -> Any:
    """What is told of playing the events; with `then`, of something else that is done with them."""
    listen = f"await (async () => {{ {LISTEN} return {then}; }})()"
    return page.module("voice/speaker.js", listen, "".join(events))


def test_what_is_spoken_is_heard_to_its_end(clicked: Page) -> None:
    heard = played(clicked, spoken(TEXT, 0.6), DONE)

    assert heard["end"] is True
    assert set(heard["marked"]) <= {"Hello", "TechStore", "I", "pay", "$95"}
    assert heard["states"] == ["loading", "playing", None]
    assert (heard["key"], heard["left"]) == (None, False)


FOLLOW = """await (async () => {
  const line = document.createElement('p');
  line.append('Hello ', Object.assign(document.createElement('b'), { textContent: '@TechStore' }),
    ', I pay $95.');
  document.body.append(line);
  const caption = new m.Caption(() => line), sound = { time: 0 }, marked = [];
  caption.add([...a[0]], [...a[0]].map((_, i) => i), [...a[0]].map((_, i) => i + 1));
  caption.follow(sound);
  const now = () => [...CSS.highlights.get('spoken') ?? []].map(String).join();
  for (const [time, word] of a[1]) {
    sound.time = time;
    while (now() !== word) await new Promise(requestAnimationFrame);
    marked.push(now());
  }
  caption.close();
  line.remove();
  return [...marked, now()];
})()"""


def test_the_word_is_marked_that_is_being_heard(clicked: Page) -> None:
    steps = [[0.5, "Hello"], [5.9, "Hello"], [6.1, "TechStore"], [21.0, "pay"], [99, "$95"]]

    assert clicked.module("voice/caption.js", FOLLOW, TEXT, steps) == [
        "Hello",
        "Hello",
        "TechStore",
        "pay",
        "$95",
        "",
    ]


def test_who_wants_less_motion_sees_no_word_marked(clicked: Page) -> None:
    clicked.look(motion="reduce")
    heard = played(clicked, spoken(TEXT, 0.2), DONE)

    assert (heard["end"], heard["marked"]) == (True, [])


def test_without_media_source_it_is_played_when_all_is_there(clicked: Page) -> None:
    clicked.script("window.kept = MediaSource; window.MediaSource = undefined")
    heard = played(clicked, spoken("Hello", 0.2), spoken(", I", 0.2, 0.2), DONE)
    clicked.script("window.MediaSource = window.kept")

    assert (heard["end"], heard["states"]) == (True, ["loading", "playing", None])


def test_speech_that_breaks_off_says_why(clicked: Page) -> None:
    broke = {"error_code": "VOICE_UNAVAILABLE", "message": "no speech", "retryable": True}
    heard = played(clicked, spoken("Hello", 0.2), event("error", **broke))

    assert heard["end"] == "VOICE_UNAVAILABLE: no speech"
    assert heard["key"] is None


def test_sound_that_cannot_be_played_is_said_to_be_so(clicked: Page) -> None:
    garbage = event("audio", audio="bm8gc291bmQgYXQgYWxs" * 400, characters=[], starts=[], ends=[])
    heard = played(clicked, garbage, DONE)

    assert "play" in heard["end"]


def test_what_is_left_out_is_told(clicked: Page) -> None:
    notice = event("notice", code="CODE_LEFT_OUT", message="code is shown")

    assert played(clicked, notice, DONE)["notices"] == ["CODE_LEFT_OUT"]


def test_one_thing_is_heard_at_a_time(clicked: Page) -> None:
    twice = "await Promise.all([play(), play()]).then((ends) => told(ends))"

    assert played(clicked, spoken("Hello", 0.2), DONE, then=twice)["end"] == [False, True]


def test_a_stop_ends_it_at_once(clicked: Page) -> None:
    stop = "await Promise.all([play(), m.speaker.stop('other'), m.speaker.stop()]).then(told)"

    assert played(clicked, spoken(TEXT, 60), DONE, then=stop)["end"][0] is False


def test_a_browser_that_waits_for_a_click_is_asked_again(calm: Page) -> None:
    calm.open("console/index.html")
    blocked = """await new Promise((done) => {
      window.over = play();
      m.speaker.addEventListener('change', () => m.speaker.state === 'blocked' && done('blocked'));
    })"""
    assert played(calm, spoken("Hello", 0.2), DONE, then=blocked) == "blocked"
    calm.click(calm.find("h1"))
    resumed = "await (m.speaker.resume(), window.over)"

    assert calm.module("voice/speaker.js", resumed) is True


def found(page: Page, text: str, *words: str) -> Any:
    play = "((places) => a[1].map((word) => places.find(a[0], word)))(new m.Places())"
    return page.module("voice/words.js", play, text, list(words))


def test_words_are_found_where_more_is_written_than_said(calm: Page) -> None:
    assert found(calm, "a `b` a c.", "a", "a", "c.", "?!", "d") == [
        [0, 1],
        [6, 7],
        [8, 9],
        None,
        None,
    ]


def test_a_word_may_come_in_two_pieces(calm: Page) -> None:
    play = (
        "((words) => { words.add(['h', 'e'], [0, 1], [1, 2]); words.add(['y', ' ', 'x'],"
        "[2, 3, 4], [3, 4, 5]); return words.list; })(new m.Words())"
    )
    assert calm.module("voice/words.js", play) == [
        {"text": "hey", "start": 0, "end": 3},
        {"text": "x", "start": 4, "end": 5},
    ]


TALK = """(() => {
  window.told = [];
  const control = new m.TalkButton({
    begin: () => told.push('begin'),
    take: async (blob) => told.push(blob.size > 0 && blob.type.split(';')[0]),
    failed: (error) => told.push(error.message),
  });
  const box = document.createElement('div');
  box.className = 'ask';
  box.append(control.element, control.button);
  document.querySelector('main').replaceChildren(box);
  document.onkeydown = (event) => { if (event.key === 'Escape') control.cancel(); };
})()"""


@pytest.fixture
def microphone(calm: Page) -> Iterator[Page]:
    """In place of what the page shows, until the test is over."""
    calm.look()
    calm.module("voice/talk-button.js", TALK)
    yield calm
    calm.open("console/index.html")


def state(page: Page) -> str:
    return str(page.find(".talk-button").get_attribute("data-state"))


def talking(page: Page) -> None:
    page.until(lambda: state(page) == "recording", "the recording to begin")
    page.until(lambda: page.text(".recording .time").startswith("0:01"), "a second of it")


def test_what_is_said_into_the_microphone_is_recorded(microphone: Page) -> None:
    microphone.find(".talk-button").send_keys(Keys.SPACE)
    talking(microphone)
    level = microphone.until(
        lambda: microphone.script("return document.querySelector('.recording meter').value"),
        "a level",
    )
    assert 0 < level <= 1
    microphone.keys(Keys.SPACE)
    microphone.until(lambda: state(microphone) == "idle", "the end of it")

    assert microphone.script("return told") == ["begin", "audio/webm"]


def test_a_microphone_that_is_held_records_until_it_is_let_go(microphone: Page) -> None:
    hold = ActionChains(microphone.driver)
    hold.click_and_hold(microphone.find(".talk-button")).perform()
    talking(microphone)
    hold.reset_actions()
    hold.release().perform()
    microphone.until(lambda: state(microphone) == "idle", "the end of it")

    assert microphone.script("return told") == ["begin", "audio/webm"]


def test_escape_keeps_nothing_of_a_recording(microphone: Page) -> None:
    microphone.find(".talk-button").send_keys(Keys.SPACE)
    microphone.until(lambda: state(microphone) == "recording", "the recording to begin")
    microphone.keys(Keys.ESCAPE)

    assert state(microphone) == "idle"
    assert microphone.script("return told") == ["begin"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "allow it beside the address"),
        ("NotFoundError", "No microphone was found"),
        ("NotReadableError", "in use by another program"),
    ],
)
def test_a_microphone_that_cannot_be_used_says_why(microphone: Page, name: str, words: str) -> None:
    refuse = (
        "navigator.mediaDevices.getUserMedia ="
        "() => Promise.reject(new DOMException('', arguments[0]))"
    )
    microphone.script(refuse, name)
    microphone.find(".talk-button").send_keys(Keys.SPACE)
    microphone.until(lambda: state(microphone) == "idle", "it to be given up")
    microphone.script("delete navigator.mediaDevices.getUserMedia")

    assert words in microphone.script("return told")[1]

"""The chat page in a real browser, against the real service and a model that counts."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from app.db import Address
from tests.console.line import line_to
from tests.console.page import Page
from tests.console.talks import Talk, counted, held, unnamed, upstream_in_a_thread
from tests.console.test_reading import FAINT
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import served_from_a_thread, settings_for

pytestmark = pytest.mark.browser


@pytest.fixture
def upstream() -> Iterator[FakeOpenAI]:
    with upstream_in_a_thread() as fake:
        yield fake


@pytest.fixture
def live_server(
    clean_address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: FakeOpenAI
) -> Iterator[str]:
    settings = settings_for(
        clean_address,
        tmp_path,
        monkeypatch,
        LLM_CHAIN_CHAT="lm_studio:fake-small",
        LM_STUDIO_BASE_URL=upstream.base_url,
    )
    with served_from_a_thread(settings) as url:
        yield url


@pytest.fixture
def talk(page: Page, live_server: str) -> Iterator[Talk]:
    with httpx.Client(base_url=live_server, timeout=30) as http:
        yield Talk(page, http)


def test_a_first_message_begins_a_conversation(talk: Talk, upstream: FakeOpenAI) -> None:
    talk.open()
    assert talk.page.heading() == "New chat"
    with unnamed(upstream):
        talk.say("please count to 20")
        assert talk.finish() == counted(20)
        title = talk.page.until(lambda: talk.page.text(".shelf .name"), "it in the list")
        talk.page.until(lambda: talk.page.heading() == title != "New chat", "its title")

    assert talk.said() == ["please count to 20"]
    assert [m["content"] for m in talk.stored()] == ["please count to 20", counted(20)]
    usage = talk.stored()[-1]["usage"]
    assert talk.page.text(".usage").startswith(
        f"{usage['prompt_tokens']} in · {usage['completion_tokens']} out"
    )
    talk.open(talk.id)
    assert talk.finish() == counted(20)


def test_a_conversation_goes_on(talk: Talk) -> None:
    talk.open()
    talk.say("one")
    talk.finish()
    box = talk.page.find("#ask")
    box.send_keys("two", Keys.SHIFT, Keys.ENTER, Keys.NULL, "three", Keys.ENTER)

    assert talk.finish(2) == "You said: two\nthree"
    assert talk.said() == ["one", "two\nthree"]


@pytest.mark.parametrize("by", ["button", "key"])
def test_stopping_keeps_what_was_said(talk: Talk, by: str) -> None:
    talk.open()
    talk.say("count to 2000")
    talk.begun()
    if by == "button":
        talk.page.press_button("Stop")
    else:
        talk.page.keys(Keys.ESCAPE)
    kept = talk.finish()

    assert counted(2000).startswith(kept)
    assert talk.page.text(".cut") == "Stopped here"
    assert [m["content"].strip() for m in talk.stored()] == ["count to 2000", kept]
    assert talk.stored()[-1]["status"] == "stopped"
    assert talk.page.focus().get_attribute("id") == "ask"


def test_reloading_in_the_middle_goes_on_and_doubles_nothing(
    talk: Talk, upstream: FakeOpenAI
) -> None:
    talk.open()
    with held(upstream, tokens=20) as release:
        talk.say("count to 80")
        talk.begun()
        talk.open(talk.id)
        talk.begun()
        release()

    assert talk.finish() == counted(80)
    assert talk.said() == ["count to 80"]


def test_a_second_tab_hears_the_same(talk: Talk, upstream: FakeOpenAI) -> None:
    talk.open()
    with held(upstream, tokens=20) as release:
        talk.say("count to 80")
        talk.begun()
        conversation, first = talk.id, talk.page.driver.current_window_handle
        talk.page.driver.switch_to.new_window("tab")
        talk.open(conversation)
        talk.begun()
        release()
    assert talk.finish() == counted(80)
    talk.page.driver.close()
    talk.page.driver.switch_to.window(first)

    assert talk.finish() == counted(80)


def test_a_cut_line_loses_and_doubles_nothing(
    chromium: webdriver.Chrome, live_server: str, talk: Talk, upstream: FakeOpenAI
) -> None:
    with line_to(live_server) as line, held(upstream, tokens=20) as release:
        away = Talk(Page(chromium, line.url), talk.http)
        away.open()
        away.say("count to 80")
        away.begun()
        line.cut()
        away.page.until(lambda: away.page.all("[data-mood=lost]"), "a word about the cut line")
        release()
        line.mend()

        assert away.finish() == counted(80)
        assert away.said() == ["count to 80"]


def test_another_answer_and_another_question_are_branches(talk: Talk) -> None:
    talk.open()
    talk.say("alpha")
    talk.finish()
    talk.act("Regenerate")
    talk.page.until(lambda: talk.page.text(".answer .place") == "2 / 2", "a second answer")
    talk.act("Previous branch")
    talk.page.until(lambda: talk.page.text(".answer .place") == "1 / 2", "the first answer")

    talk.act("Edit", ".said")
    box = talk.page.find(".edit textarea")
    assert box.get_property("value") == "alpha"
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys("beta", Keys.ENTER)
    talk.page.until(lambda: talk.said() == ["beta"], "the new question")
    assert talk.finish() == "You said: beta"
    assert talk.page.text(".said .place") == "2 / 2"
    talk.act("Previous branch", ".said")
    talk.page.until(lambda: talk.said() == ["alpha"], "the first question")
    assert talk.finish() == "You said: alpha"


def test_an_edit_given_up_changes_nothing(talk: Talk) -> None:
    talk.open()
    talk.say("alpha")
    talk.finish()
    talk.act("Edit", ".said")
    talk.page.keys("beta", Keys.ESCAPE)

    assert talk.said() == ["alpha"]
    assert talk.page.focus().text == "Edit"


def test_a_cut_upstream_is_said_and_tried_again(talk: Talk, upstream: FakeOpenAI) -> None:
    upstream.fault = "cut"
    talk.open()
    talk.say("count to 30")
    talk.page.until(lambda: talk.page.all(".answer[data-state=failed]"), "the failure")
    assert "The answer broke off." in talk.page.text(".answer-end")
    assert talk.page.script(FAINT) == []
    upstream.fault = "ok"
    talk.act("Try again")
    talk.page.until(lambda: talk.page.all(".answer[data-state=complete]"), "an answer")

    assert talk.finish() == counted(30)
    assert talk.page.text(".answer .place") == "2 / 2"


def test_while_an_answer_is_made_another_tab_is_refused(
    talk: Talk, live_server: str, upstream: FakeOpenAI
) -> None:
    # A conversation that the page begins is looked at again, for its title: it would see the other
    # answer on the way.
    talk.http.post("/api/chat/stream", json={"message": "hello"}).raise_for_status()
    conversation = talk.http.get("/api/conversations").json()["conversations"][0]["id"]
    talk.open(conversation)
    talk.finish()
    body = {"message": "count to 80", "conversation_id": conversation}
    with held(upstream) as release, talk.http.stream("POST", "/api/chat/stream", json=body) as told:
        next(told.iter_bytes())
        talk.say("me too")
        talk.page.until(lambda: "is being made" in talk.page.text(".ask .notes"), "the refusal")
        assert talk.page.find("#ask").get_property("value") == "me too"
        release()
        assert talk.finish(2) == counted(80)
    assert talk.said() == ["hello", "count to 80"]


def test_a_title_that_is_there_isnt_looked_for(talk: Talk) -> None:
    talk.open()
    talk.page.script(
        "const later = setTimeout; window.kept = [];"
        "window.setTimeout = (act, ms) => ms < 400 ? later(act, ms) : kept.push(act)"
    )
    talk.say("hello")
    talk.finish()
    talk.page.until(lambda: talk.page.heading() != "New conversation", "its title")
    reads = (
        "return performance.getEntriesByType('resource')"
        ".filter(({ name }) => name.includes('/messages')).length"
    )
    before = talk.page.script(reads)
    assert before
    assert talk.page.script("return Promise.all(kept.map((act) => act())).then(() => kept.length)")

    assert talk.page.script(reads) == before


def test_what_is_refused_comes_back_into_the_box(talk: Talk) -> None:
    talk.open()
    talk.page.script("document.querySelector('#ask').value = 'x'.repeat(102401)")
    talk.page.press_button("Send")

    talk.page.until(lambda: "100 KB" in talk.page.text(".ask .notes"), "why it is refused")
    assert len(str(talk.page.find("#ask").get_property("value"))) == 102401
    assert talk.said() == []


def test_a_model_that_is_not_known_is_told(talk: Talk) -> None:
    talk.open()
    talk.page.find(".wishes input[type=text]").send_keys("nobody:nothing")
    talk.say("hello")

    talk.page.until(lambda: talk.page.text(".ask .notes"), "why it is refused")
    assert talk.page.find("#ask").get_property("value") == "hello"


def test_a_long_answer_is_followed_unless_the_reader_looks_elsewhere(
    talk: Talk, upstream: FakeOpenAI
) -> None:
    upstream.token_delay = 0.005
    talk.page.look(height=500)
    talk.open()
    talk.say("count to 2500")
    gap = "return document.documentElement.scrollHeight - scrollY - innerHeight"
    talk.page.until(lambda: talk.page.script("return scrollY") > 200, "the page to follow")
    assert talk.page.script(gap) < 160
    talk.page.script("scrollTo(0, 0)")
    seen = len(talk.last())
    talk.page.until(lambda: len(talk.last()) > seen + 300, "more of the answer")

    assert talk.page.script("return scrollY") == 0
    talk.page.press_button("To the end ↓")
    talk.page.until(lambda: talk.page.script(gap) < 160, "the end of the page")
    talk.page.press_button("Stop")
    talk.finish()


def test_an_opinion_is_kept_and_taken_back(talk: Talk) -> None:
    talk.open()
    talk.say("hello")
    talk.finish()
    talk.act("Good answer")
    talk.page.until(lambda: talk.page.all("[data-thumb=up][aria-pressed=true]"), "the thumb")
    assert talk.stored()[-1]["feedback"]["thumb"] == "up"
    talk.act("Good answer")
    talk.page.until(lambda: not talk.page.all(".thumb[aria-pressed=true]"), "no thumb")

    assert talk.stored()[-1]["feedback"] is None

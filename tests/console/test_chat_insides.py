"""What stands around a talk: the list of conversations, the context, the memories, the file."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.console.page import Page
from tests.console.talks import Talk
from tests.console.test_reading import FAINT, NAMELESS, tab_to

pytestmark = pytest.mark.browser


@pytest.fixture
def talk(page: Page, live_server: str) -> Iterator[Talk]:
    """With no provider: the built-in assistant answers."""
    with httpx.Client(base_url=live_server, timeout=60) as http:
        yield Talk(page, http)


def told(talk: Talk, *messages: str) -> str:
    """A conversation in which this was said; its id."""
    body: dict[str, str] = {}
    for message in messages:
        answer = talk.http.post("/api/chat/stream", json={**body, "message": message})
        start = next(line for line in answer.text.splitlines() if line.startswith("data:"))
        body = {"conversation_id": json.loads(start[5:])["conversation_id"]}
    return body["conversation_id"]


def names(talk: Talk) -> list[str]:
    return [row.text for row in talk.page.all(".shelf .name")]


def test_the_built_in_assistant_answers(talk: Talk) -> None:
    talk.open()
    talk.say("Hello, what can you do?")

    assert talk.finish()
    assert talk.stored()[-1]["status"] == "complete"


def test_a_suggestion_begins_a_conversation(talk: Talk) -> None:
    talk.open()
    first = talk.page.find(".starts button")
    text = first.text
    talk.page.click(first)
    talk.finish()

    assert talk.said() == [text]


def test_conversations_are_found_renamed_and_deleted(talk: Talk) -> None:
    told(talk, "Which bread goes with olives?")
    trains = told(talk, "When do trains to Porto leave?")
    talk.open(trains)
    talk.page.until(lambda: len(names(talk)) == 2, "both conversations")
    search = talk.page.find("[aria-label='Search conversations']")
    search.send_keys("olives")
    talk.page.until(lambda: len(names(talk)) == 1, "the one that was looked for")
    assert "olives" in talk.page.text(".shelf li").lower()
    talk.page.script(
        "arguments[0].value = ''; arguments[0].dispatchEvent(new Event('input'))", search
    )
    talk.page.until(lambda: len(names(talk)) == 2, "both again")

    talk.page.click(talk.page.find(".menu summary"))
    talk.page.press_button("Rename…")
    talk.page.find("dialog input").send_keys("Trains to Porto")
    talk.page.press_button("Rename")
    talk.page.until(lambda: talk.page.heading() == "Trains to Porto", "the new title")
    talk.page.until(lambda: "Trains to Porto" in names(talk), "the new title in the list")

    talk.page.click(talk.page.find(".menu summary"))
    talk.page.press_button("Delete…")
    talk.page.press_button("Cancel")
    assert talk.http.get(f"/api/conversations/{trains}").status_code == 200
    talk.page.click(talk.page.find(".menu summary"))
    talk.page.press_button("Delete…")
    talk.page.press_button("Delete")
    talk.page.until(lambda: talk.page.heading() == "New chat", "a new chat")
    talk.page.until(lambda: len(names(talk)) == 1, "one conversation less")
    assert talk.http.get(f"/api/conversations/{trains}").status_code == 404


def test_a_conversation_that_is_gone_shows_the_way_out(talk: Talk) -> None:
    talk.open("0197a000-0000-7000-8000-000000000000")

    assert talk.page.heading() == "This conversation doesn't exist (any more)"
    talk.page.click(talk.page.named("a", "Begin a new chat"))
    talk.page.until(lambda: talk.page.heading() == "New chat", "a new chat")


def test_what_is_remembered_is_shown_changed_and_forgotten(talk: Talk) -> None:
    conversation = told(talk, "My name is Ada.", "I live in Lisbon.")
    talk.page.until(lambda: talk.http.get("/api/memories").json()["total"] == 2, "two memories")
    talk.open(conversation)
    talk.page.press_button("Memory")

    def memories() -> list[str]:
        return [row.text for row in talk.page.all(".memories p:first-child")]

    talk.page.until(lambda: len(memories()) == 2, "both memories")
    name = next(text for text in memories() if "Ada" in text)
    talk.page.click(talk.page.find(f"[aria-label='Edit: {name}']"))
    box = talk.page.find("dialog input")
    assert box.get_property("value") == name
    box.clear()
    box.send_keys("Is called Ada Lovelace")
    talk.page.press_button("Keep")
    talk.page.until(lambda: "Is called Ada Lovelace" in memories(), "the changed memory")

    home = next(text for text in memories() if "Lisbon" in text)
    talk.page.click(talk.page.find(f"[aria-label='Forget: {home}']"))
    talk.page.click(talk.page.find("dialog .danger"))
    talk.page.until(lambda: memories() == ["Is called Ada Lovelace"], "one memory less")
    kept = talk.http.get("/api/memories").json()["memories"]
    assert [memory["text"] for memory in kept] == ["Is called Ada Lovelace"]


def test_what_was_just_told_appears_among_the_memories(talk: Talk) -> None:
    talk.open()
    talk.page.press_button("Memory")
    talk.say("My name is Ada.")
    talk.finish()

    talk.page.until(lambda: "Ada" in talk.page.text(".memories"), "the new memory")


def test_memory_is_switched_off_for_one_conversation(talk: Talk) -> None:
    conversation = told(talk, "Hello.")
    talk.open(conversation)
    talk.page.click(talk.page.find(".wishes input[type=checkbox]"))

    def remembers() -> bool:
        return bool(talk.http.get(f"/api/conversations/{conversation}").json()["remember"])

    talk.page.until(lambda: not remembers(), "the switch")
    talk.say("My name is Ada.")
    talk.finish(2)
    assert not remembers()
    talk.open(conversation)
    assert not talk.page.find(".wishes input[type=checkbox]").is_selected()


def test_the_context_shows_what_is_sent_and_why(talk: Talk) -> None:
    told(talk, "My favourite bread is rye.")
    talk.page.until(lambda: talk.http.get("/api/memories").json()["total"] == 1, "a memory")
    conversation = told(talk, "Which bread should I buy?", "And which bread for soup?")
    talk.open(conversation)
    talk.page.press_button("Context")
    talk.page.until(lambda: talk.page.all(".token-bar"), "the context")

    context = talk.http.get(f"/api/conversation/context/{conversation}").json()
    shown = [int(e.text.replace(",", "")) for e in talk.page.all(".token-bar dd")]
    assert shown == [context["tokens"][k] for k in ("system", "memories", "summary", "recent")]
    text = talk.page.text(".context")
    assert context["model"] in text
    assert all(fact["text"] in text and fact["why"] in text for fact in context["facts"])
    assert "And which bread for soup?" in text
    before = context["tokens"]["recent"]
    talk.say("Thank you, that helps.")
    talk.finish(3)
    talk.page.until(
        lambda: int(talk.page.all(".token-bar dd")[3].text.replace(",", "")) > before,
        "the context of the next call",
    )


def test_a_conversation_is_saved_as_a_file(talk: Talk) -> None:
    conversation = told(talk, "Which bread goes with olives?")
    talk.open(conversation)
    talk.page.script(
        "document.addEventListener('click', (e) => e.preventDefault());"
        "document.querySelectorAll('.menu a').forEach((link) => link.click())"
    )
    links = [str(e.get_property("href")) for e in talk.page.all(".menu a")]

    markdown, whole = (httpx.get(link) for link in links)
    assert "Which bread goes with olives?" in markdown.text
    assert whole.json()


def test_what_came_before_is_read_on_demand(talk: Talk) -> None:
    conversation = told(talk, *(f"message {n}" for n in range(27)))
    talk.open(conversation)
    talk.page.until(lambda: len(talk.said()) == 25, "the end of it")
    talk.page.press_button("Show what was said before")
    talk.page.until(lambda: len(talk.said()) == 27, "the whole")

    assert talk.said() == [f"message {n}" for n in range(27)]
    assert not [e for e in talk.page.all(".earlier") if e.is_displayed()]


RICH = "My name is Ada. Please show me a list, and `code`."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(talk: Talk, scheme: str) -> None:
    talk.page.look(scheme=scheme)
    talk.open()
    assert talk.page.script(FAINT) == []
    talk.open(told(talk, RICH))
    for panel in ("Context", "Memory"):
        talk.page.press_button(panel)
        talk.page.until(lambda: talk.page.all(".panel-parts"), "the panel")
        assert talk.page.script(FAINT) == []
        assert talk.page.script(NAMELESS) == []


def test_a_phone_shows_all_of_it_without_scrolling_sideways(talk: Talk) -> None:
    talk.page.look(width=360, height=740)
    talk.open()
    assert talk.page.overflow() == 0
    talk.open(told(talk, RICH, "x" * 400))
    talk.finish(2)
    assert talk.page.overflow() == 0
    talk.page.press_button("Context")
    talk.page.until(lambda: talk.page.all(".token-bar"), "the context")
    assert talk.page.overflow() == 0
    talk.page.click(talk.page.find("[aria-label='Close the panel']"))
    talk.page.click(talk.page.find("[aria-label='Conversations']"))
    talk.page.click(talk.page.named("a", "New chat"))
    talk.page.until(lambda: talk.page.heading() == "New chat", "a new chat")
    assert not [e for e in talk.page.all(".shelf") if e.is_displayed()]


def test_the_whole_way_by_keyboard(talk: Talk) -> None:
    page = talk.page
    talk.open()
    assert page.focus().get_attribute("id") == "ask"
    page.keys("Hello", "\ue007")
    talk.finish()
    tab_to(page, ".answer .thumb")
    page.keys("\ue007")
    page.until(lambda: page.all(".thumb[aria-pressed=true]"), "the thumb")
    assert page.focus().get_attribute("aria-label") == "Good answer"
    page.script("document.querySelector('h1').focus()")
    tab_to(page, "[aria-controls=panel]")
    page.keys("\ue007")
    page.until(lambda: page.all(".token-bar"), "the context")
    assert page.focus().text == "Context"

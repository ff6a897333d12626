"""The chat page's own reckoning, asked of its modules; no service is needed for that."""

from typing import Any

import pytest

from tests.console.page import Page

pytestmark = pytest.mark.browser

START = {"conversation_id": "c", "generation_id": "g", "message_id": "m", "model": "some:model"}
USAGE = {"prompt_tokens": 1200, "completion_tokens": 56, "cost_usd": "0.00213", "saved_tokens": 400}


def heard(page: Page, events: list[list[Any]], ask: str) -> Any:
    """What an answer tells that heard `events`: `[type, data, seq]` each."""
    play = (
        "((answer) => { const took = a[0].map((event) => answer.apply(...event));"
        f"return {ask}; }})(new m.Answer())"
    )
    return page.module("chat/answer.js", play, events)


def events(*told: tuple[str, dict[str, Any]]) -> list[list[Any]]:
    return [[kind, {"type": kind, **data}, seq] for seq, (kind, data) in enumerate(told, 1)]


def test_an_answer_is_what_its_events_tell(calm: Page) -> None:
    told = events(
        ("start", START),
        ("notice", {"code": "FALLBACK", "message": "Another model answers."}),
        ("reasoning", {"content": "Hm."}),
        ("content", {"content": "Hel"}),
        ("content", {"content": "lo"}),
        ("usage", USAGE),
        ("done", {"message_id": "m", "finish_reason": "stop"}),
    )

    assert heard(calm, told, "[answer.text, answer.reasoning, answer.state, answer.running]") == [
        "Hello",
        "Hm.",
        "complete",
        False,
    ]
    assert heard(calm, told, "answer.usage") == USAGE
    assert heard(calm, told, "answer.notices[0].message") == "Another model answers."
    assert heard(calm, told[:-1], "answer.running") is True


def test_an_event_heard_twice_counts_once(calm: Page) -> None:
    told = events(("start", START), ("content", {"content": "Hello"}))

    assert heard(calm, [*told, *told], "[answer.text, took]") == [
        "Hello",
        [True, True, False, False],
    ]


def test_an_unknown_event_changes_nothing(calm: Page) -> None:
    assert heard(calm, events(("surplus", {}), ("constructor", {})), "[took, answer.seq]") == [
        [False, False],
        0,
    ]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (("done", {"finish_reason": "length"}), "complete"),
        (("done", {"finish_reason": "stopped"}), "stopped"),
        (("error", {"error_code": "X", "message": "no", "retryable": True}), "failed"),
    ],
)
def test_an_answer_ends_in_one_way(calm: Page, end: tuple[str, Any], state: str) -> None:
    assert heard(calm, events(("start", START), end), "answer.state") == state


def shown(page: Page, message: Any, told: list[list[Any]]) -> str:
    """What is read of an answer: what is stored of it, and what was heard."""
    play = (
        "((answer, view) => { a[1].forEach((event) => answer.apply(...event));"
        "view.update({ message: a[0], answer: a[1].length ? answer : null }, false);"
        "return view.element.innerText; })"
        "(new (await import('/console/chat/answer.js')).Answer(), new m.AnswerView({}))"
    )
    return str(page.module("chat/answer-view.js", play, message, told))


def test_an_answer_shows_what_was_special_about_it(calm: Page) -> None:
    told = events(
        ("start", START),
        ("notice", {"code": "FALLBACK", "message": "Another model answers."}),
        ("tool_call", {"id": "1", "name": "weather", "arguments": "{}"}),
        ("content", {"content": "**Sunny**"}),
        ("usage", USAGE),
        ("done", {"message_id": "m", "finish_reason": "tool_calls"}),
    )
    read = shown(calm, None, told)

    for words in ("some:model", "Another model answers.", "Sunny", "weather", "1,200 in"):
        assert words in read
    assert "**" not in read


@pytest.mark.parametrize(
    ("content", "words"), [("Half an", "The answer broke off."), ("", "No answer came.")]
)
def test_a_failed_answer_says_why_and_what_to_do(calm: Page, content: str, words: str) -> None:
    stored = {"role": "assistant", "content": content, "status": "failed", "error_code": "LLM_X"}
    read = shown(calm, {"id": "m", **stored}, [])

    assert words in read
    assert "LLM_X" in read
    assert "Try again" in read


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (USAGE, "1,200 in · 56 out · $0.00213 · saved 400 (25%)"),
        ({**USAGE, "cost_usd": None, "saved_tokens": 0}, "1,200 in · 56 out"),
        ({**USAGE, "cost_usd": "0", "saved_tokens": 0}, "1,200 in · 56 out · $0"),
        ({**USAGE, "prompt_tokens": None}, ""),
        (None, ""),
    ],
)
def test_usage_in_words(calm: Page, usage: Any, words: str) -> None:
    assert calm.module("chat/answer-words.js", "m.usageText(a[0])", usage) == words


def test_the_end_of_a_branch_goes_after_what_was_read_before(calm: Page) -> None:
    def placed(*pages: tuple[str, int]) -> Any:
        read = [{"messages": [{"id": i} for i in ids], "offset": at} for ids, at in pages]
        play = (
            "((branch) => { a[0].forEach((page) => branch.place(page));"
            "return [branch.messages.map(({ id }) => id).join(''), branch.before]; })"
            "(new m.ShownBranch())"
        )
        return calm.module("chat/shown-branch.js", play, read)

    assert placed(("abc", 4)) == ["abc", 4]
    assert placed(("abc", 4), ("bcd", 5)) == ["abcd", 4]
    assert placed(("abc", 4), ("xyz", 9)) == ["xyz", 9]
    assert placed(("abc", 0), ("abx", 0)) == ["abx", 0]
    assert placed(("abc", 0), ("", 0)) == ["", 0]


@pytest.mark.parametrize(
    ("iso", "words"),
    [("2026-03-05T10:00:00Z", "Mar 5"), ("2025-03-05T10:00:00Z", "Mar 5, 2025"), ("?", "")],
)
def test_when_something_was_said(calm: Page, iso: str, words: str) -> None:
    now = "new Date('2026-06-01T10:00:00Z')"
    assert calm.module("chat/when.js", f"m.when(a[0], {now})", iso) == words


@pytest.mark.parametrize(
    ("fragment", "conversation"), [("#/chat", None), ("#/chat/", None), ("#/chat/a%2Fb", "a/b")]
)
def test_the_address_names_the_conversation(calm: Page, fragment: str, conversation: Any) -> None:
    place = {"page": "chat", "conversation": conversation}
    assert calm.module("route.js", "m.parse(a[0])", fragment) == place
    assert calm.module("route.js", "m.parse(m.toChat(a[0]))", conversation) == place

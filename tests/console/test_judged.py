"""A run that a model judges, followed on its page, against the real service and a fake Gemini."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.db import Address
from tests.console.markets import Client, market
from tests.console.page import Page
from tests.console.talks import in_a_thread
from tests.console.test_reading import FAINT
from tests.fakes.gemini import FakeGemini
from tests.fakes.judging import JUDGES, judge
from tests.fixtures.service import served_from_a_thread, settings_for

pytestmark = pytest.mark.browser


class Judge:
    """Answers once it is let."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        self.may_answer.wait(30)
        return judge(body)


@pytest.fixture
def judging() -> Judge:
    return Judge()


@pytest.fixture
def live_server(
    clean_address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judging: Judge
) -> Iterator[str]:
    with in_a_thread(FakeGemini(reply=judging, models=JUDGES)) as gemini:
        settings = settings_for(
            clean_address,
            tmp_path,
            monkeypatch,
            ANALYSIS_JUDGE="auto",
            GEMINI_API_KEY="canary-gemini-key",
            GEMINI_BASE_URL=gemini.base_url,
        )
        with served_from_a_thread(settings) as url:
            yield url
        judging.may_answer.set()


def test_a_judgement_comes_in_when_it_is_there(page: Page, client: Client, judging: Judge) -> None:
    made = client.create(market(), start=True)
    page.open(made.address())
    page.until(lambda: "is judging" in page.text(".analysis header"), "that it is being judged")
    page.until(lambda: page.all(".analysis .zones"), "its figures meanwhile")
    assert page.text(".analysis .origin").startswith("Figures")
    judging.may_answer.set()
    page.until(
        lambda: page.text(".analysis .origin").startswith("Judged by a model"), "the judgement"
    )

    assert "gemini" in page.text(".analysis .origin")
    assert page.script(FAINT) == []
    page.press(lambda: page.find(".points .event-link"), "to press a link")
    page.until(lambda: page.all(".talk-lines [data-marked]"), "its line to be marked")
    judging.may_answer.clear()
    page.press_button("Judge again")
    page.until(lambda: "is judging" in page.text(".analysis header"), "another judgement")
    judging.may_answer.set()
    page.until(lambda: page.text(".analysis header p") == "", "it to be there")

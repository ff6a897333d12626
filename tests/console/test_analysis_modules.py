"""How an analysis is drawn, asked of the modules; no service is needed for that."""

from typing import Any

import pytest

from tests.console.analyses import analysis, judged
from tests.console.page import Page

pytestmark = pytest.mark.browser

TALK = """(async () => {
  const line = (n, cls, text) => {
    const li = document.createElement('li');
    li.className = cls;
    if (n < 7) li.dataset.message = 'm' + n;
    li.dataset.event = String(n);
    const p = li.appendChild(document.createElement('p'));
    p.className = 'bubble';
    p.textContent = text;
    return li;
  };
  const talk = document.createElement('ol');
  talk.id = 'talk';
  talk.append(line(2, 'line-buyer', 'Hi'), line(3, 'line-seller', 'Yes'), line(7, 'line-end', 'x'));
  const room = { seller: (id) => (id === 'a' || id === 'b')
    ? { name: id.toUpperCase(), lane: id === 'a' ? 0 : 1 } : null };
  const box = document.createElement('section');
  box.className = 'analysis';
  box.id = 'report';
  document.querySelector('main').replaceChildren(talk, box);
  box.append(...m.report(a[0], room, talk));
  const { markScores } = await import('/console/analysis/scores.js');
  markScores(talk, a[0].scores);
  return box.innerText;
})()"""


def drawn(page: Page, told: dict[str, Any]) -> str:
    return str(page.module("analysis/report.js", f"await {TALK}", told))


def test_a_judgement_is_drawn_whole_and_as_text(calm: Page) -> None:
    read = drawn(calm, judged(refusals=1))

    for words in (
        "Judged by a model",
        "gemini:some-model · run-1 · 1,234 in · 56 out · $0.0021 · asked again 1 time",
        "82 / 100",
        "The buyer did better",
        "Held out <b>long</b>, then gave in.",
        "Effective: 75 of 100",
        "Anchoring (A):",
        "Ask earlier. from course.rounds",
        "Sold for $84.50.",
        "A held out, gave in late, $35.50 in all",
    ):
        assert words in read
    assert len(calm.all(".zones rect")) == 2
    assert len(calm.all(".zones .none")) == len(calm.all(".zones .deal")) == 1
    assert len(calm.all(".curve")) == 2


def test_without_a_judge_the_figures_speak(calm: Page) -> None:
    read = drawn(calm, analysis(figures=None))

    for words in ("Figures", "no model judged it", "They settled at $84.50.", "Open higher."):
        assert words in read
    assert "Judged by a model" not in read


@pytest.mark.parametrize(("link", "line"), [(0, "3"), (2, "3"), (3, "7")])
def test_remarks_lead_to_their_messages(calm: Page, link: int, line: str) -> None:
    drawn(calm, judged())
    calm.press(lambda: calm.all(".event-link")[link], "to press a link")

    marked = calm.all("[data-marked]")
    assert [each.get_attribute("data-event") for each in marked] == [line]
    assert calm.focus() == marked[0]


def test_scores_stand_beside_their_messages(calm: Page) -> None:
    item = {"message_id": "m3", "scorer": "context_adherence", "value": 0.918, "status": "success"}
    unknown = {"message_id": "m2", "scorer": "tone", "value": None, "status": "failed"}
    scores = {"overall": 0.9, "hallucination": 0.082, "coherence": None}
    told = {**scores, "items": [{**item, "explanation": "All is said."}, unknown]}
    read = drawn(calm, judged(scores=told))

    assert "Hallucination\n8%" in read
    assert "Coherence" not in read
    assert [mark.text for mark in calm.all(".score-mark summary")] == ["Context adherence 92%"]
    assert len(calm.all("[data-event='3'] .score-mark")) == 1


@pytest.mark.parametrize("told", [analysis(), judged()])
def test_nothing_of_it_is_wider_than_a_phone(calm: Page, told: dict[str, Any]) -> None:
    calm.look(width=360)
    drawn(calm, told)

    assert calm.overflow() == 0
    calm.look()

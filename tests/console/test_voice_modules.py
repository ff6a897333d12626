"""Speech as the pages play it, asked of the modules themselves; no service is needed for that."""

from typing import Any

import pytest

from tests.console.page import Page
from tests.console.sounds import event, spoken

pytestmark = pytest.mark.browser

TEXT = "Hello @TechStore, I pay $95."

PLAY = """await (async () => {
  const { Caption } = await import('/console/voice/caption.js');
  const line = document.createElement('p');
  line.append('Hello ', Object.assign(document.createElement('b'), { textContent: '@TechStore' }),
    ', I pay $95.');
  document.body.append(line);
  const marked = new Set(), states = new Set(), notices = [];
  m.speaker.addEventListener('change', () => states.add(m.speaker.state));
  const look = setInterval(() => {
    for (const range of CSS.highlights.get('spoken') ?? []) marked.add(String(range));
  }, 5);
  const open = async () => new Response(a[0]);
  let end;
  try {
    end = await m.speaker.play({ key: 'k', open, caption: new Caption(() => line),
      noticed: ({ code }) => notices.push(code) });
  } catch (error) {
    end = `${error.code}: ${error.message}`;
  }
  clearInterval(look);
  line.remove();
  return { end, marked: [...marked], states: [...states], notices, key: m.speaker.key,
    left: CSS.highlights.has('spoken') };
})()"""


def played(page: Page, *events: str) -> Any:
    page.look(motion="no-preference")
    page.click(page.find("h1"))  # the browser wants one before anything is heard
    return page.module("voice/speaker.js", PLAY, "".join(events))


def test_words_are_marked_as_they_are_heard(calm: Page) -> None:
    heard = played(calm, spoken(TEXT, 1), event("done", characters=len(TEXT), seconds=1))

    assert heard["end"] is True
    assert heard["marked"] == ["Hello", "TechStore", "I", "pay", "$95"]
    assert heard["states"] == ["loading", "playing", None]
    assert (heard["key"], heard["left"]) == (None, False)

"""That everybody can read and use it: on a phone, in the dark, by keyboard."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.console.markets import Client, market
from tests.console.page import Page

pytestmark = pytest.mark.browser

# The contrast of every piece of text with what lies behind it, by WCAG 2.2; the worst are returned.
FAINT = """
const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const over = (colour, [r, g, b]) => {
  context.fillStyle = `rgb(${r} ${g} ${b})`;
  context.fillRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const behind = (element) => element === null ? [255, 255, 255]
  : over(getComputedStyle(element).backgroundColor, behind(element.parentElement));
const light = (rgb) => rgb.map((c) => c / 255)
  .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const faint = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const element = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
  const style = getComputedStyle(element);
  const ground = behind(element);
  const ink = over(element instanceof SVGElement ? style.fill : style.color, ground);
  const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
  const size = parseFloat(style.fontSize);
  const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < needed) faint.push(`${walk.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
}
return faint;
"""

NAMELESS = """
return [...document.querySelectorAll("button, a, input, select, textarea")]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length))
  .map((e) => e.outerHTML);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(page: Page, client: Client, scheme: str) -> None:
    page.look(scheme=scheme)
    made = client.create(market("Desk lamp", "Moon rock", pace_seconds=0.3))
    page.open()
    assert page.script(FAINT) == []

    page.open(made.address())
    assert page.script(FAINT) == []
    client.start(made.rooms[0])
    page.open(made.address())
    page.until(lambda: page.all(".line-seller"), "the talk to begin")
    assert page.script(FAINT) == []
    page.wait_for_end()
    assert page.script(FAINT) == []
    page.open(made.summary)
    assert page.script(FAINT) == []


def test_the_dark_is_dark(page: Page) -> None:
    page.look(scheme="dark")
    page.open()

    ground = page.script("return getComputedStyle(document.body).backgroundColor")
    assert max(int(c) for c in ground.removeprefix("rgb(").removesuffix(")").split(",")) < 40


def test_a_phone_shows_all_of_it_without_scrolling_sideways(page: Page, client: Client) -> None:
    page.look(width=360, height=740)
    page.open()
    for summary in page.all("details > summary"):
        page.click(summary)
    assert page.overflow() == 0

    made = client.create(market("Desk lamp", "A very long name " * 5, pace_seconds=0.3))
    page.open(made.address(1))
    assert page.overflow() == 0
    page.press_button("Start negotiating")
    page.until(lambda: page.all(".line-seller"), "the talk to begin")
    assert page.overflow() == 0
    page.press_button("Decide…")
    assert page.overflow() == 0
    page.press_button("Cancel")
    page.wait_for_end()
    assert page.overflow() == 0
    page.open(made.summary)
    assert page.overflow() == 0


def tab_to(page: Page, found: str) -> None:
    """Tabs on until the focus is on what matches `found`, as anybody without a mouse does."""
    for _ in range(120):
        if page.script("return document.activeElement.matches(arguments[0])", found):
            return
        page.keys(Keys.TAB)
    raise AssertionError(f"the tab key never reaches {found}")


def test_the_whole_way_by_keyboard(page: Page) -> None:
    page.open()
    page.keys(Keys.TAB)
    assert page.focus().text == "Skip to the content"
    page.keys(Keys.ENTER)
    assert page.focus().tag_name == "main"

    tab_to(page, ".sample input")
    page.keys(Keys.ARROW_DOWN)
    page.until(
        lambda: page.script(
            "return document.activeElement.closest('.sample')?.textContent"
        ).startswith("Beans"),
        "the second sample",
    )
    tab_to(page, ".editor-send .primary")
    page.keys(Keys.ENTER)
    page.until(lambda: page.heading() == "Espresso blend, 1 kg", "the first room")
    assert page.focus().tag_name == "h1"

    tab_to(page, "#say")
    page.keys("@Nordlicht what about tomorrow?", Keys.ENTER)
    page.until(lambda: "@Nordlicht what about tomorrow?" in page.bubbles(), "the message")

    page.script("document.querySelector('h1').focus()")
    tab_to(page, ".room-head .buttons button")
    page.keys(Keys.ENTER)
    page.until(lambda: page.all("dialog[open]"), "the dialog")
    page.keys(Keys.ESCAPE)
    page.until(lambda: not page.all("dialog[open]"), "the dialog to close")
    assert page.focus().text == "Decide…"

    page.script("document.querySelector('.brand').focus()")
    tab_to(page, ".rooms li:nth-child(2) a")
    page.keys(Keys.ENTER)
    page.until(lambda: page.heading() == "Filter roast, 1 kg", "the second room")
    assert "Filter roast" in page.focus().text


def test_the_focus_is_never_caught(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=5), start=True)
    page.open(made.address())
    page.find("#say")
    visited = set()
    for _ in range(60):
        page.keys(Keys.TAB)
        here = page.script("return document.activeElement.outerHTML")
        if here in visited:
            break
        visited.add(here)

    assert page.script("return document.activeElement.closest('body') !== null")
    assert len(visited) >= 8


def test_everything_that_can_be_used_has_a_name(page: Page, client: Client) -> None:
    made = client.create(market("Desk lamp", "Moon rock", pace_seconds=2), start=True)
    page.open()
    assert page.script(NAMELESS) == []
    page.open(made.address())
    page.find("#say")
    assert page.script(NAMELESS) == []
    assert page.find("[role=log]").get_attribute("aria-label") == "Conversation"
    assert {e.tag_name for e in page.all("header, main, nav, aside")} == {
        "header",
        "main",
        "nav",
        "aside",
    }


def test_nothing_moves_for_those_who_mind(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=2), start=True)
    page.open(made.address())
    page.until(lambda: page.all(".line-buyer"), "the talk to begin")

    assert page.script("return document.getAnimations().length") == 0

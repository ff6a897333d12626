"""Takes the pictures of the README anew: `python -m tests.console.screenshots --url ADDRESS`,
with the address of a running service."""

import argparse
from pathlib import Path

from tests.console.browser import Chromium
from tests.console.page import Page

IMAGES = Path(__file__).parents[2] / "docs/images"


def open_market(page: Page) -> None:
    """Opens the first sample's market, with a seed, so that the pictures come out alike."""
    page.open()
    page.click(page.find(".model summary"))
    page.fill("seed", "11")
    page.choose("pace_seconds", "0.3")
    page.press_button("Open the market")
    page.until(lambda: page.text(".stage").startswith("Round 4"), "the fourth round")
    page.until(lambda: page.text(".talk-pending").startswith("The buyer"), "every seller's answer")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="a running service")
    url = parser.parse_args().url.rstrip("/")
    chromium = Chromium.find()
    if chromium is None:
        raise SystemExit("no Chromium found")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with chromium.run() as driver:
        page = Page(driver, url)
        page.look(width=1280, height=800)
        open_market(page)
        driver.save_screenshot(str(IMAGES / "console.png"))
        page.look(width=390, height=780, scheme="dark", density=2)
        open_market(page)
        driver.save_screenshot(str(IMAGES / "console-phone.png"))


if __name__ == "__main__":
    main()

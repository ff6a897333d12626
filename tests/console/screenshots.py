"""Takes the pictures of the README and of the docs anew:

    python -m tests.console.screenshots --url ADDRESS [--only chat]

The address is that of a service that uses the model which this serves meanwhile, started with
`LM_STUDIO_BASE_URL=http://127.0.0.1:9797/v1 LLM_CHAIN_CHAT=lm_studio:fake-small`.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import httpx

from tests.console.browser import Chromium
from tests.console.page import Page
from tests.console.talks import Talk, upstream_in_a_thread

IMAGES = Path(__file__).parents[2] / "docs/images"
MODEL_PORT = 9797
PATIENCE_SECONDS = 60
TALK = {
    "I run a small café in Lisbon, and my budget for coffee is $900 a month.": (
        "Noted, Ada: **a café in Lisbon**, and **$900 a month** for coffee. "
        "Shall I help you to find a supplier, or to talk to the one you have?"
    ),
    "Two suppliers answered. How do I compare them?": """Put both on the same footing first:

| | Norte Roasters | Tejo Coffee |
|---|---|---|
| Price per kg | $14.20 | $13.60 |
| Least order | 20 kg | 50 kg |
| Delivery | free | $35 |

At **60 kg a month** that is:

1. *Norte*: 60 × 14.20 = `$852`, within your budget.
2. *Tejo*: 60 × 13.60 + 35 = `$851`, but it has to be bought in one go.

So they cost the same. I would ask Norte for **$13.80 from 60 kg on**, and name Tejo's price as \
the reason.""".replace(" \\\n", " "),
}


def open_market(page: Page) -> None:
    """Opens the first sample's market, with a seed, so that the pictures come out alike."""
    page.open()
    page.click(page.find(".model summary"))
    page.fill("seed", "11")
    page.choose("pace_seconds", "0.3")
    page.press_button("Open the market")
    page.until(lambda: page.text(".stage").startswith("Round 4"), "the fourth round")
    page.until(lambda: page.text(".talk-pending").startswith("The buyer"), "every seller's answer")


def answering(body: dict[str, Any]) -> str:
    """The next lines of the talk that is in the picture."""
    said = str(body["messages"][-1]["content"])
    return next((answer for asked, answer in TALK.items() if asked in said), "With pleasure.")


def talk_and_look(page: Page, panel: str | None) -> None:
    """Holds the talk of the picture; `panel` stands open beside it."""
    with httpx.Client(base_url=page.url, timeout=30) as http:
        http.post("/api/memories", json={"text": "Is called Ada", "subject": "name"})
        talk = Talk(page, http)
        talk.open()
        for number, asked in enumerate(TALK, 1):
            talk.say(asked)
            talk.finish(number)
        page.until(lambda: page.heading() not in ("New chat", "New conversation"), "a title")
        if panel:
            page.named("button", panel).click()
            page.until(lambda: page.all(".token-bar"), "the context")


def wait_for(url: str) -> None:
    """Until the service answers, and has found the model."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/api/v1/llm/status").json()["llm"]["available"]:
                return
        except (httpx.HTTPError, KeyError):
            pass
        time.sleep(1)
    raise SystemExit(f"no service with a model at {url} after {PATIENCE_SECONDS} s")


def picture_markets(page: Page) -> None:
    page.look(width=1280, height=800)
    open_market(page)
    page.driver.save_screenshot(str(IMAGES / "console.png"))
    page.look(width=390, height=780, scheme="dark", density=2)
    open_market(page)
    page.driver.save_screenshot(str(IMAGES / "console-phone.png"))


def picture_chats(page: Page) -> None:
    page.look(width=1400, height=860)
    talk_and_look(page, "Context")
    page.driver.save_screenshot(str(IMAGES / "chat.png"))
    page.look(width=390, height=780, scheme="dark", density=2)
    talk_and_look(page, None)
    page.driver.save_screenshot(str(IMAGES / "chat-phone.png"))


PICTURES = {"markets": picture_markets, "chat": picture_chats}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="a running service")
    parser.add_argument("--only", choices=PICTURES, help="these pictures alone")
    arguments = parser.parse_args()
    url = arguments.url.rstrip("/")
    chromium = Chromium.find()
    if chromium is None:
        raise SystemExit("no Chromium found")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with upstream_in_a_thread(reply=answering, port=MODEL_PORT), chromium.run() as driver:
        wait_for(url)
        page = Page(driver, url)
        for name, take in PICTURES.items():
            if arguments.only in (None, name):
                take(page)


if __name__ == "__main__":
    main()

"""Takes the pictures of the README and of the docs anew:

    python -m tests.console.screenshots --url ADDRESS [--only chat]

The address is that of a service that uses the model and the voice which this serves meanwhile,
started with

    LM_STUDIO_BASE_URL=http://127.0.0.1:9797/v1
    LLM_CHAIN_CHAT=lm_studio:fake-small LLM_CHAIN_ANALYSIS=lm_studio:fake-small
    ELEVENLABS_BASE_URL=http://127.0.0.1:9798 ELEVENLABS_API_KEY=sk-canary-elevenlabs
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import httpx

from tests.console.browser import Chromium
from tests.console.markets import Client, market
from tests.console.page import Page
from tests.console.talks import Talk, in_a_thread, upstream_in_a_thread
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.fakes.judging import judge

IMAGES = Path(__file__).parents[2] / "docs/images"
MODEL_PORT, VOICE_PORT = 9797, 9798
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

REMARKS = {
    "They bargained, and the judge watched.": "The buyer asked both sellers, and then kept to the "
    "one that moved. Neither of them hurried, and the deal came when both had come a long way.",
    "Patience.": "Small steps, and none without one from the other side.",
    "It waited.": "Gave way late, and little at a time.",
    "The last offer.": "The offer that the buyer had been waiting for.",
    "It asked all.": "Opened by asking everybody, so that each knew of the others.",
    "Open lower.": "Open lower: the first price was taken for where the talk begins.",
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


def judging(body: dict[str, Any]) -> str:
    """The judgement that was asked for by the OpenAI wire."""
    schema = body["response_format"]["json_schema"]["schema"]
    parts = [{"text": str(message["content"])} for message in body["messages"]]
    config = {"responseJsonSchema": schema}
    told = json.dumps(judge({"contents": [{"parts": parts}], "generationConfig": config}))
    for plain, better in REMARKS.items():
        told = told.replace(plain, better)
    return told


def answering(body: dict[str, Any]) -> str:
    """The next lines of the talk that is in the picture, or what is made of a negotiation."""
    if "response_format" in body:
        return judging(body)
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


def picture_analysis(page: Page) -> None:
    """The end of a talk, and what is made of it."""
    page.look(width=1280, height=1000)
    client = Client(page.url)
    page.open(client.create(market(), start=True).address())
    client.close()
    page.wait_for_end()
    page.until(lambda: page.text(".origin").startswith("Judged by a model"), "the judgement")
    page.press_button("Analysis")
    page.driver.save_screenshot(str(IMAGES / "room-analysis.png"))


def picture_voice(page: Page) -> None:
    """An answer that is read aloud, and a microphone that listens."""
    page.look(width=1280, height=800, motion="no-preference")
    talk_and_look(page, None)
    page.press(lambda: page.all(".wishes .check")[1], "to switch the voice on")
    talk = Talk(page, httpx.Client(base_url=page.url))
    talk.say(next(iter(TALK)))
    talk.finish(3)
    marked = "return [...CSS.highlights.get('spoken') ?? []].join()"
    page.until(lambda: page.script(marked) == "coffee", "the word that the picture shows")
    page.driver.save_screenshot(str(IMAGES / "chat-voice.png"))
    talk.http.close()


PICTURES = {
    "markets": picture_markets,
    "chat": picture_chats,
    "analysis": picture_analysis,
    "voice": picture_voice,
}


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
    with (
        upstream_in_a_thread(reply=answering, port=MODEL_PORT),
        in_a_thread(FakeElevenLabs(port=VOICE_PORT)),
        chromium.run() as driver,
    ):
        wait_for(url)
        page = Page(driver, url)
        for name, take in PICTURES.items():
            if arguments.only in (None, name):
                take(page)


if __name__ == "__main__":
    main()

"""Conversations for the tests of the chat page: a model that counts, and a reader of the page."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, TypeVar

import httpx
from selenium.webdriver.common.keys import Keys

from tests.console.page import Page
from tests.fakes.openai_wire import FakeOpenAI, Reply

S = TypeVar("S", bound=AbstractAsyncContextManager[Any])

READ = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"


def counted(upto: int) -> str:
    return " ".join(map(str, range(1, upto + 1)))


def counting(body: dict[str, Any]) -> str:
    """Counts as far as it is asked to, and else repeats what was said."""
    said = str(body["messages"][-1]["content"])
    upto = re.search(r"count to (\d+)", said)
    return counted(int(upto[1])) if upto else f"You said: {said}"


@contextmanager
def in_a_thread(fake: S) -> Iterator[S]:
    """The server `fake` in a loop and a thread of its own."""
    ready = threading.Event()
    stops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        async with fake:
            stops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(30):
        raise RuntimeError("the server didn't start")
    try:
        yield fake
    finally:
        loop, stop = stops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(15)


def upstream_in_a_thread(
    reply: Reply = counting, port: int = 0
) -> AbstractContextManager[FakeOpenAI]:
    """A model server in a loop and a thread of its own."""
    return in_a_thread(FakeOpenAI(reply=reply, token_delay=0.02, port=port))


@contextmanager
def held(fake: FakeOpenAI, tokens: int = 0) -> Iterator[Callable[[], None]]:
    """Until what it yields is called, `fake` says so many tokens of an answer and no more."""
    released = threading.Event()

    async def wait(said: int) -> None:
        while said >= tokens and not released.is_set():
            await asyncio.sleep(0.01)

    fake.before_token = wait
    try:
        yield released.set
    finally:
        released.set()
        fake.before_token = None


class Talk:
    """The chat page, as somebody talks there. `http` asks the service itself."""

    def __init__(self, page: Page, http: httpx.Client) -> None:
        self.page = page
        self.http = http

    def open(self, conversation: str | None = None) -> None:
        self.page.open(f"#/chat/{conversation}" if conversation else "#/chat")

    def say(self, text: str) -> None:
        box = self.page.find("#ask")
        box.click()
        box.send_keys(text, Keys.ENTER)

    def said(self) -> list[str]:
        return list(self.page.script(READ, ".said .bubble"))

    def answers(self) -> list[str]:
        return list(self.page.script(READ, ".answer .prose"))

    def last(self) -> str:
        answers = self.answers()
        return answers[-1] if answers else ""

    def running(self) -> bool:
        return bool(self.page.all(".answer[data-state=generating]"))

    def finish(self, answers: int = 1) -> str:
        """Waits until there are so many answers and none is being made; the last."""
        self.page.until(
            lambda: len(self.answers()) == answers and not self.running() and self.last(),
            f"{answers} answers",
        )
        self.page.until(lambda: self.page.all(".answer:last-child .act"), "what can be done now")
        return self.last()

    def begun(self, words: int = 3) -> None:
        """Waits until an answer is being made and some of it is read."""
        self.page.until(
            lambda: self.running() and len(self.last().split()) >= words, "the answer to begin"
        )

    @property
    def id(self) -> str:
        return str(
            self.page.until(
                lambda: self.page.driver.current_url.partition("#/chat/")[2], "an address"
            )
        )

    def stored(self) -> list[dict[str, Any]]:
        answer = self.http.get(f"/api/conversations/{self.id}/messages").raise_for_status()
        return list(answer.json()["messages"])

    def act(self, name: str, within: str = ".answer:last-child") -> None:
        """Presses the button that reads, or is called, `name` under a message."""

        def found() -> Any:
            return next(
                (
                    e
                    for e in self.page.all(f"{within} .act")
                    if name in (e.text.strip(), e.get_attribute("aria-label"))
                ),
                None,
            )

        self.page.press(found, f"to press {name}")


@contextmanager
def unnamed(fake: FakeOpenAI) -> Iterator[None]:
    """Meanwhile `fake` finds no title: a conversation keeps the one that it has by rule."""
    released = threading.Event()

    async def wait() -> None:
        naming = "You name conversations" in str(fake.calls[-1]["messages"][0]["content"])
        while naming and not released.is_set():
            await asyncio.sleep(0.01)

    fake.before_answer = wait
    try:
        yield
    finally:
        released.set()
        fake.before_answer = None

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium import webdriver

import app.console
from tests.console.markets import Client
from tests.console.page import Page


@pytest.fixture
def page(chromium: webdriver.Chrome, live_server: str) -> Iterator[Page]:
    """The console of a running service. No test may leave an error in the browser's console."""
    page = Page(chromium, live_server)
    page.look()
    page.complaints()
    yield page
    complaints = page.complaints()
    chromium.get("about:blank")
    assert complaints == []


@pytest.fixture
def client(live_server: str) -> Iterator[Client]:
    client = Client(live_server)
    yield client
    client.close()


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def calm(chromium: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page over its files alone: it finds no API, and its modules work all the same."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "console").symlink_to(Path(app.console.__file__).parent / "static")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        page = Page(chromium, f"http://127.0.0.1:{server.server_port}")
        page.open("console/index.html")
        yield page
        chromium.get("about:blank")
        server.shutdown()
        thread.join()

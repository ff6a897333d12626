from collections.abc import Iterator

import pytest
from selenium import webdriver

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

"""A real Chromium for the tests that ask for one, and a word where there is none."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--use-fake-ui-for-media-stream",  # and may be used, unless a test says otherwise
)
_LEFT_OUT = pytest.StashKey[int]()
_OUTPUT = "browser_tests_left_out"


@dataclass(frozen=True, slots=True)
class Chromium:
    binary: str
    driver: str

    @classmethod
    def find(cls) -> "Chromium | None":
        binary = next(filter(None, map(shutil.which, _BROWSERS)), None)
        driver = shutil.which("chromedriver")
        return cls(binary, driver) if binary and driver else None

    @contextmanager
    def run(self) -> Iterator[webdriver.Chrome]:
        """A browser with an empty profile, closed at the end of the block."""
        with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
            options = webdriver.ChromeOptions()
            options.binary_location = self.binary
            for argument in (*_ARGUMENTS, f"--user-data-dir={Path(profile)}"):
                options.add_argument(argument)
            options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
            driver = webdriver.Chrome(options=options, service=Service(self.driver))
            try:
                yield driver
            finally:
                driver.quit()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needy = [item for item in items if item.get_closest_marker("browser")]
    if not needy or Chromium.find():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError("no Chromium found, and with CI=true no browser test is left out")
    config.stash[_LEFT_OUT] = len(needy)
    config.hook.pytest_deselected(items=needy)
    items[:] = [item for item in items if item not in needy]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under xdist it is the workers who collect, and the one who sums up has to be told."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_OUTPUT] = session.config.stash.get(_LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    left_out = getattr(node, "workeroutput", {}).get(_OUTPUT, 0)
    if left_out:
        node.config.stash[_LEFT_OUT] = left_out


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    left_out = config.stash.get(_LEFT_OUT, 0)
    if left_out:
        terminalreporter.write_line(
            f"browser tests left out: no Chromium found ({left_out} tests)", yellow=True
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    """One browser for all tests of a worker; `page` gives each a clean page in it."""
    found = Chromium.find()
    if found is None:
        pytest.fail("no Chromium found")
    with found.run() as driver:
        yield driver

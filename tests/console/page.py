"""The console as somebody sits before it: finds by what is read, waits for what is to come."""

from collections.abc import Callable
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

T = TypeVar("T")

PATIENCE_SECONDS = 30
BUBBLES = ".line-buyer .bubble, .line-seller .words"


class Page:
    """One page of the browser at `url`. Everything that looks for something waits for it."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, address: str = "#/") -> None:
        """Loads the page anew, whatever was shown before."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.url}/{address}")
        self.heading()

    def look(
        self,
        *,
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        motion: str = "reduce",
        density: float = 1,
    ) -> None:
        """Sets the window and what the reader prefers."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": density, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def until(self, condition: Callable[[], T | None], hope: str) -> T:
        """The first true value of `condition`; `hope` says what was waited for in vain."""
        ignored = (StaleElementReferenceException,)
        wait = WebDriverWait(
            self.driver, PATIENCE_SECONDS, poll_frequency=0.05, ignored_exceptions=ignored
        )
        try:
            return wait.until(lambda _: condition() or False)
        except TimeoutException:
            raise AssertionError(f"not in {PATIENCE_SECONDS} s: {hope}") from None

    def heading(self) -> str:
        return self.until(lambda: self.text("h1"), "a heading")

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def find(self, css: str) -> WebElement:
        return self.until(
            lambda: next((e for e in self.all(css) if e.is_displayed()), None), f"to see {css}"
        )

    def text(self, css: str) -> str:
        """What is read there now; nothing where there is nothing."""
        found = self.all(css)
        return found[0].text if found else ""

    def named(self, tag: str, name: str) -> WebElement:
        """The visible button or link that reads `name`."""
        return self.until(lambda: self._reads(tag, name), f"to see a {tag} that reads '{name}'")

    def _reads(self, tag: str, name: str) -> WebElement | None:
        return next((e for e in self.all(tag) if e.is_displayed() and e.text.strip() == name), None)

    def press_button(self, name: str) -> None:
        self.press(lambda: self._reads("button", name), f"to press the button '{name}'")

    def press(self, found: Callable[[], WebElement | None], hope: str) -> None:
        """Clicks what is `found`, also where the page draws it anew between the look and the
        click."""

        def pressed() -> bool:
            element = found()
            if element is not None:
                self.click(element)
            return element is not None

        self.until(pressed, hope)

    def click(self, element: WebElement) -> None:
        """Clicks in the middle of the window, clear of what sticks to its edges."""
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def fill(self, path: str, value: str) -> None:
        """Types into the input of a request's field, in place of what is there."""
        element = self.find(f'[data-field="{path}"]')
        self.click(element)
        element.send_keys(Keys.CONTROL, "a")
        element.send_keys(Keys.BACKSPACE, value)

    def choose(self, path: str, value: str) -> None:
        element = self.find(f'[data-field="{path}"]')
        self.click(element.find_element(By.CSS_SELECTOR, f'option[value="{value}"]'))

    def keys(self, *keys: str) -> None:
        """Presses keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def focus(self) -> WebElement:
        return self.driver.switch_to.active_element

    def script(self, code: str, *arguments: Any) -> Any:
        return self.driver.execute_script(code, *arguments)

    def module(self, name: str, expression: str, *arguments: Any) -> Any:
        """Evaluates `expression` with `m`, a module of the console, and `a`, the arguments."""
        code = (
            "const [name, a, done] = arguments;"
            f"import(`/console/${{name}}`).then(async (m) => done({{value: {expression}}}))"
            ".catch((e) => done({error: String(e)}))"
        )
        answer = self.driver.execute_async_script(code, name, list(arguments))
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    def bubbles(self) -> list[str]:
        """What was said, as it is read, in order."""
        read = "return [...document.querySelectorAll(arguments[0])].map((b) => b.textContent)"
        return list(self.script(read, BUBBLES))

    def wait_for_end(self) -> str:
        """The outcome's sentence in the open room, when it is there."""
        return self.until(lambda: self.text(".line-end p"), "the room's outcome")

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.script("return document.documentElement.scrollWidth - innerWidth"))

    def complaints(self) -> list[str]:
        """Errors in the browser's console since the last look, but for refused requests."""
        return [
            entry["message"]
            for entry in self._console()
            if entry["level"] == "SEVERE" and entry.get("source") != "network"
        ]

    def _console(self) -> list[dict[str, Any]]:
        return self.driver.get_log("browser")  # type: ignore[no-untyped-call,no-any-return]

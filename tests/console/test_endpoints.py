import re
from pathlib import Path

import httpx
import pytest

from app import VERSION
from app.console.endpoints import prefers_html

STATIC = Path(__file__).parents[2] / "app/console/static"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/*;q=0.9, application/json;q=0.5", True),
        ("TEXT/HTML; Q=0.4, */*; q=0.1", True),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=zero, */*", False),
        ("text/html;q=0", False),
    ],
)
def test_html_goes_to_who_wants_it_more_than_json(accept: str, html: bool) -> None:
    assert prefers_html(accept) is html


def test_a_browser_gets_the_console(live_server: str) -> None:
    answer = httpx.get(live_server, headers={"accept": BROWSER})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "accept" in answer.headers["vary"].lower().split(", ")
    assert "<title>Parley</title>" in answer.text


def test_a_program_gets_json(live_server: str) -> None:
    answer = httpx.get(live_server, headers={"accept": "application/json"})

    assert answer.json() == {"app": "Parley", "version": VERSION, "status": "running"}
    assert "accept" in answer.headers["vary"].lower().split(", ")


@pytest.mark.parametrize("path", ["/", "/console/main.js", "/console/base.css"])
def test_console_files_run_nothing_from_elsewhere(live_server: str, path: str) -> None:
    headers = httpx.get(live_server + path, headers={"accept": BROWSER}).headers

    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_an_unchanged_file_is_not_sent_twice(live_server: str) -> None:
    address = f"{live_server}/console/main.js"
    first = httpx.get(address)
    again = httpx.get(address, headers={"if-none-match": first.headers["etag"]})

    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert httpx.head(address).status_code == 200


@pytest.mark.parametrize(
    "path", ["nothing.js", "", "..%2fendpoints.py", "%2e%2e/endpoints.py", "a" * 300]
)
def test_what_is_no_console_file_is_not_found(live_server: str, path: str) -> None:
    answer = httpx.get(f"{live_server}/console/{path}")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NOT_FOUND"


def test_the_page_holds_no_markup_made_of_text_and_no_foreign_address() -> None:
    for path in filter(Path.is_file, STATIC.rglob("*")):
        source = path.read_text()
        foreign = set(re.findall(r"https?://[^\s\"'<)]+", source))

        assert foreign <= {"http://www.w3.org/2000/svg"}, path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", source
        )
        assert not re.search(r"\sstyle=|<style|<script>|\son\w+=\"", source), path.name

"""What holds for every page: links lead somewhere, nothing is of one machine, forms are kept."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.settings import all_variables
from tests.docs.pages import DOCS, README, ROOT, Page, pages

_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)|<(?P<bare>https?://[^>]+)>")
_MACHINE = re.compile(
    r"(?<![\w/.…])/(?:home|root|tmp|usr|var|opt|work|mnt|Users)/|\b[A-Z]:\\|file://"
)
_NAME = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_DECISIONS = DOCS / "decisions"
_RECORDS = [Page(path) for path in sorted(_DECISIONS.glob("[0-9]*.md"))]
_FORM = ["Context", "Decision", "Consequences", "Alternatives"]

every_page = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
_TOLD = [page for page in pages() if page.path.parent.name in ("how-to", "explain")]
every_told = pytest.mark.parametrize("page", _TOLD, ids=lambda page: page.name)
every_record = pytest.mark.parametrize("record", _RECORDS, ids=lambda page: page.path.stem)


def links(page: Page) -> Iterator[str]:
    for found in _LINK.finditer(page.prose):
        yield found["target"] or found["bare"]


def anchors(page: Page) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_internal_links_resolve(page: Page) -> None:
    broken = []
    for link in links(page):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        path = (page.path.parent / name).resolve() if name else page.path
        if not path.exists() or (anchor and anchor not in anchors(Page(path))):
            broken.append(link)
    assert not broken


@every_page
def test_no_page_is_of_one_machine(page: Page) -> None:
    assert not _MACHINE.search(page.text)


@every_told
def test_settings_that_are_named_are_there(page: Page) -> None:
    assert not [name for name in _names(page) if name not in _known()]


@every_told
def test_files_that_are_named_are_there(page: Page) -> None:
    named = re.findall(r"`((?:app|tests|docs|bench)/[\w./-]+)`", page.prose)
    assert not [name for name in named if not (ROOT / name).exists()]


def _names(page: Page) -> set[str]:
    """What is written as settings are, in code within a sentence."""
    code = " ".join(re.findall(r"`([^`\n]+)`", page.prose))
    return set(_NAME.findall(code))


@cache
def _known() -> frozenset[str]:
    """Settings, and what the code itself calls so: its errors' codes, its own constants."""
    sources = (path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py"))
    own = (name for source in sources for name in _NAME.findall(source))
    return frozenset([*own, *(variable.name for variable in all_variables())])


@every_page
def test_a_page_has_one_title(page: Page) -> None:
    assert len(re.findall(r"^# ", page.prose, re.MULTILINE)) == 1
    assert page.text.startswith("# ")


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [README]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md":
            continue
        reached.add(path)
        targets = (link.partition("#")[0] for link in links(Page(path)) if "://" not in link)
        waiting += [(path.parent / target).resolve() for target in targets if target]
    assert {page.path for page in pages()} <= reached


@every_record
def test_a_decision_keeps_to_the_form(record: Page) -> None:
    assert re.findall(r"^## (.+)$", record.text, re.MULTILINE) == _FORM
    quoted = re.search(r"## Decision\n\n> (.+)\n\n## Consequences", record.text)
    assert quoted is not None
    number = int(record.path.stem.partition("-")[0])
    assert record.text.startswith(f"# {number}. ")


@every_record
def test_a_decision_stands_in_the_list(record: Page) -> None:
    title = record.text.partition("\n")[0].removeprefix("# ")
    quoted = re.search(r"^> (.+)$", record.text, re.MULTILINE)
    assert quoted is not None
    row = f"| [{title}]({record.path.name}) | {quoted[1]} |"
    assert row in (_DECISIONS / "README.md").read_text("utf-8")


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(record.path.stem.partition("-")[0]) for record in _RECORDS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_template_has_the_form() -> None:
    template = (_DECISIONS / "template.md").read_text("utf-8")
    assert re.findall(r"^## (.+)$", template, re.MULTILINE) == _FORM


def test_the_rows_of_the_architecture_are_those_that_are_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    there = {path.stem for path in (ROOT / "app").iterdir()}
    checked = [row for layer in layers if (row := set(re.findall(r"\w+", layer)) & there)]
    table = re.findall(
        r"^\| \d+ \| ([^|]+) \|", (DOCS / "architecture.md").read_text("utf-8"), re.MULTILINE
    )
    assert [set(re.findall(r"`(\w+)`", cells)) for cells in table] == checked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /home/ann/x", True),
        ("C:\\x", True),
        ("GET /api/v1/logs", False),
        ("a/tmp/b", False),
    ],
)
def test_paths_of_machines_are_recognised(text: str, *, found: bool) -> None:
    assert bool(_MACHINE.search(text)) is found

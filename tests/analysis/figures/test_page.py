"""The page that explains the figures: its example is computed, its tables name every figure."""

import re
from collections.abc import Iterator

from app.analysis.figures import figures, sentences
from tests.analysis.figures.runs import EXAMPLE as BY_HAND
from tests.analysis.figures.runs import bought, finished, seller, told
from tests.docs.pages import DOCS, Page

PAGE = Page(DOCS / "explain" / "figures-of-a-negotiation.md")
EXAMPLE = PAGE.text.partition("## An example")[2]


def rows(first: str) -> Iterator[list[str]]:
    """The cells of the example's rows whose first cell matches, dollars as bare numbers."""
    for line in EXAMPLE.splitlines():
        cells = [re.sub(r"[$,]", "", cell.strip()) for cell in line.strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(first, cells[0]):
            yield cells


def test_the_example_is_what_the_service_says_of_it() -> None:
    people = tuple(
        seller(place, name, cost=cost, least=least, selling=tag, stock=int(stock))
        for place, (name, cost, least, tag, stock) in enumerate(rows("TechStore|GadgetHub"))
    )
    rounds = [
        {
            one.name: None if price == "nothing" else price
            for one, price in zip(people, prices, strict=True)
        }
        for _, *prices in rows(r"\d")
    ]
    log = told(rounds, *bought(people[0].seller_id, "900", 2, 3), sellers=people)
    found = figures(finished(log, sellers=people))

    [shown] = [block for block in PAGE.blocks if block.language == "text"]
    assert shown.text.splitlines() == [sentence.text for sentence in sentences(found)]


def test_the_tables_explain_every_figure() -> None:
    explained = set(re.findall(r"^\| `([\w.]+)` \|", PAGE.text, re.MULTILINE))
    assert {sentence.figure for sentence in sentences(figures(BY_HAND))} == explained

"""A model's Markdown: read as plain values, drawn as elements, never as markup."""

from typing import Any

import pytest

from tests.console.page import Page

pytestmark = pytest.mark.browser

DRAWN = """(() => {
  const prose = new m.Prose();
  for (const text of a) prose.show(text);
  const read = (node) => node.nodeType === 3 ? node.data
    : [node.localName, ...[...node.childNodes].map(read)];
  return read(prose.element).slice(1);
})()"""


def drawn(page: Page, *texts: str) -> Any:
    """What stands there after each of `texts` was shown: `[tag, child, …]`."""
    return page.module("chat/prose.js", DRAWN, *texts)


def inline(page: Page, text: str) -> Any:
    return page.module("chat/inline.js", "m.inline(a[0])", text)


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("Hi\nthere", [["p", "Hi\nthere"]]),
        ("# Title #", [["h3", "Title"]]),
        ("one\n\ntwo", [["p", "one"], ["p", "two"]]),
        ("```js\nlet a = `<b>`;\n```\nend", [["pre", ["code", "let a = `<b>`;"]], ["p", "end"]]),
        ("```\nstill coming", [["pre", ["code", "still coming"]]]),
        ("> said\n> twice", [["blockquote", ["p", "said\ntwice"]]]),
        ("---", [["hr"]]),
        (
            "- a\n  - b\n- c\n\n  more",
            [
                [
                    "ul",
                    ["li", ["p", "a"], ["ul", ["li", ["p", "b"]]]],
                    ["li", ["p", "c"], ["p", "more"]],
                ]
            ],
        ),
        ("3. x\n4. y", [["ol", ["li", ["p", "x"]], ["li", ["p", "y"]]]]),
        (
            "Prices:\n| a | b |\n|---|--:|\n| 1 | `2` |",
            [
                ["p", "Prices:"],
                [
                    "div",
                    [
                        "table",
                        ["thead", ["tr", ["th", "a"], ["th", "b"]]],
                        ["tbody", ["tr", ["td", "1"], ["td", ["code", "2"]]]],
                    ],
                ],
            ],
        ),
    ],
)
def test_blocks(calm: Page, text: str, elements: Any) -> None:
    assert drawn(calm, text) == elements


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ["plain"]),
        ("*a* **b** ~~c~~", ["em a", " ", "strong b", " ", "del c"]),
        ("***both***", ["strong em both"]),
        ("snake_case_name 2 * 3 * 4", ["snake_case_name 2 * 3 * 4"]),
        ("**never closed", ["**never closed"]),
        ("\\*no\\* `a*b*`", ["*no* ", "code a*b*"]),
        ("`` a`b ``", ["code a`b"]),
        ("[x](https://a.example/c_(d)).", ["https://a.example/c_(d) x", "."]),
        ("(see https://a.example/b).", ["(see ", "https://a.example/b https://a.example/b", ")."]),
    ],
)
def test_words_within_a_block(calm: Page, text: str, parts: list[str]) -> None:
    def flat(part: Any) -> str:
        if isinstance(part, str):
            return part
        label = part["href"] if part["kind"] == "link" else part["kind"]
        return " ".join([label, *map(flat, part.get("parts", [part.get("text")]))])

    assert [flat(part) for part in inline(calm, text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "![x](https://a.example/pixel.png)",
        "[x]: https://a.example",
    ],
)
def test_nothing_becomes_more_than_words_and_links(calm: Page, text: str) -> None:
    drawing = drawn(calm, text)

    assert drawing[0][0] == "p"
    assert all(isinstance(part, str) or part[0] == "a" for part in drawing[0][1:])
    hrefs = calm.module(
        "chat/prose.js",
        "((p) => { p.show(a[0]); return [...p.element.querySelectorAll('a')].map((l) => l.href); })"
        "(new m.Prose())",
        text,
    )
    assert all(href.startswith("https://a.example/") for href in hrefs)


LONG = """# Plan

First *this*, then **that**:

1. one
   - inner
2. two

- a
- b

| k | v |
|---|---|
| 1 | 2 |

```py
def f():

    return "- not a list"
```

> quoted
> - list

2

Last words, see https://a.example/b.
"""


def test_a_growing_text_is_drawn_as_the_whole_one_is(calm: Page) -> None:
    steps = [LONG[:end] for end in range(1, len(LONG) + 1)]

    assert drawn(calm, *steps) == drawn(calm, LONG)
    assert drawn(calm, LONG, "Something else") == [["p", "Something else"]]


@pytest.mark.parametrize(
    "text",
    ["*_" * 30_000, "[" * 60_000, "- " * 30_000, "> " * 30_000, "[x](https://a" * 5_000, "`" * 999],
)
def test_hostile_text_is_read_like_any_other(calm: Page, text: str) -> None:
    """A reading whose time grew with the square of the length wouldn't come back in time."""
    assert drawn(calm, text)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_events_are_read_however_their_bytes_arrive(calm: Page, size: int, end: str) -> None:
    sent = (
        ": a comment\nid: 1\nevent: start\ndata: {}\n\n"
        'retry: 1000\n\nid: 2\nevent: content\ndata: "ä€😀"\n\ndata: one\ndata:two\n\n'
        "id: 3\ndata: never closed"
    ).replace("\n", end)
    read = (
        "(async () => { const bytes = new TextEncoder().encode(a[0]); const out = [];"
        "const body = new ReadableStream({ start(c) {"
        " for (let i = 0; i < bytes.length; i += a[1]) c.enqueue(bytes.slice(i, i + a[1]));"
        " c.close(); } });"
        "for await (const e of m.events(body)) out.push([e.id, e.event, e.data]);"
        "return out; })()"
    )

    assert calm.module("chat/sse.js", f"await {read}", sent, size) == [
        [1, "start", "{}"],
        [2, "content", '"ä€😀"'],
        [2, "message", "one\ntwo"],
    ]

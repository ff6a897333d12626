"""Pieces end where sentences do, whatever bits the text comes in, and nothing is lost."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.chat.speech.sentences import Pacing, Piece, Sentences

STEADY = Pacing(first_least=2, first_most=200, least=2, most=200)


def cut(text: str, pacing: Pacing = STEADY, bits: int = 1) -> list[Piece]:
    """The pieces of `text`, which comes so many characters at a time."""
    sentences = Sentences(pacing)
    pieces = []
    for start in range(0, len(text), bits):
        pieces += sentences.feed(text[start : start + bits])
    return pieces + sentences.flush()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        (" \n\t ", []),
        ("No end", ["No end"]),
        ("It rains. Take a coat! Why?", ["It rains.", "Take a coat!", "Why?"]),
        ("It costs 3.50 or 1,000.25 a day. Fine.", ["It costs 3.50 or 1,000.25 a day.", "Fine."]),
        ("Dr. Grün and Prof. Weiß met. They left.", ["Dr. Grün and Prof. Weiß met.", "They left."]),
        ("Some, e.g. Python, i.e. a snake, etc. and so on.", None),
        ("Bread, milk etc. Then home.", ["Bread, milk etc.", "Then home."]),
        ("J. R. R. Tolkien wrote it.", None),
        ("So do I. Good.", ["So do I.", "Good."]),
        ("No. That is wrong.", ["No.", "That is wrong."]),
        ("It was in 1999. It was warm.", ["It was in 1999.", "It was warm."]),
        ("Am 3. Mai regnet es.", None),
        ("See https://a.example/b.html?c=d! It helps.", [
            "See https://a.example/b.html?c=d!", "It helps.",
        ]),
        ("See https://a.example/b.html?c=d now. It helps.", [
            "See https://a.example/b.html?c=d now.", "It helps.",
        ]),
        ("Call `os.path. Join` there. Then stop.", ["Call `os.path. Join` there.", "Then stop."]),
        ('"Really?" he asked. "Yes." Then he left.', [
            '"Really?" he asked.', '"Yes."', "Then he left.",
        ]),
        ("Well... maybe. Well... Maybe.", ["Well... maybe.", "Well...", "Maybe."]),
        ("What?! Never!!! Ok.", ["What?!", "Never!!!", "Ok."]),
        ("**Bold.** (Aside.) End.", ["**Bold.**", "(Aside.)", "End."]),
        ("你好。世界！再见", ["你好。", "世界！", "再见"]),
        ("他说：「好。」然后走了。", ["他说：「好。」", "然后走了。"]),
        ("- one\n- two\n  more of two\n- three", ["- one", "- two", "more of two", "- three"]),
        ("Do this:\n1. Mix it\n2. Bake it\n\nEnjoy", [
            "Do this:", "1. Mix it", "2. Bake it", "Enjoy",
        ]),
        ("# Title\nText that\nwas wrapped\n\nNext", ["# Title", "Text that\nwas wrapped", "Next"]),
        ("| a | b |\n| 1 | 2 |", ["| a | b |", "| 1 | 2 |"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("bits", [1, 1000])
def test_where_pieces_end(text: str, pieces: list[str] | None, bits: int) -> None:
    whole = [text] if pieces is None else pieces
    assert [piece.text for piece in cut(text, bits=bits)] == whole


CODE = "```python\ndef f(x):\n    return x. y  # Is it? Yes.\n\nf(1)\n```"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (f"See:\n\n{CODE}\nAfter. That.", ["See:", CODE, "After.", "That."]),
        (f"{CODE}\n{CODE}", [CODE, CODE]),
        ("A\n~~~\nx. Y\n```\nz\n~~~~\nB", ["A", "~~~\nx. Y\n```\nz\n~~~~", "B"]),
        ("````\n```\nstill\n```\n````\nB", ["````\n```\nstill\n```\n````", "B"]),
        ("Never closed:\n```\na. B\nc", ["Never closed:", "```\na. B\nc"]),
        ("1. Run\n   ```sh\n   ls. A\n   ```\n2. Done", [
            "1. Run", "```sh\n   ls. A\n   ```", "2. Done",
        ]),
        ("```a. B``` is short. Yes.", ["```a. B``` is short.", "Yes."]),
        ("Two `` and more. Yes.", ["Two `` and more.", "Yes."]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("bits", [1, 1000])
def test_code_is_never_cut_within_its_lines(text: str, pieces: list[str], bits: int) -> None:
    found = cut(text, bits=bits)
    assert [piece.text for piece in found] == pieces
    for piece in found:
        assert piece.code == (piece.text[:3] in {"```", "~~~"} and "\n" in piece.text)


def test_long_code_comes_in_whole_lines() -> None:
    block = "```\n" + "".join(f"line {n}. It is one\n" for n in range(40)) + "```\n"
    found = cut(block, Pacing())
    assert len(found) > 3
    assert all(piece.code and len(piece.text) <= 240 for piece in found)
    assert "\n".join(piece.text for piece in found) == block.rstrip()


def test_what_is_short_goes_with_what_follows() -> None:
    pacing = Pacing(first_least=4, first_most=80, least=20, most=200)
    text = "Sure! Yes. No. I think so, too. Fine."
    assert [piece.text for piece in cut(text, pacing)] == [
        "Sure!",
        "Yes. No. I think so, too.",
        "Fine.",
    ]


def test_the_first_piece_comes_early() -> None:
    clause = "When all is said and done, and everybody has gone home, the lights go out, "
    sentences = Sentences()
    first = sentences.feed(clause + "and nobody is left to see")
    assert [piece.text for piece in first] == [clause.strip()]


def test_a_sentence_without_an_end_is_cut_at_a_clause_or_between_words() -> None:
    words = "word " * 100
    assert {len(piece.text) for piece in cut(words, Pacing())[:-1]} == {79, 239}
    clauses = "a clause of words, " * 30
    assert all(piece.text.endswith(",") for piece in cut(clauses, Pacing()))
    assert [len(piece.text) for piece in cut("a" * 500, Pacing())] == [80, 240, 180]


def test_it_is_said_as_soon_as_it_is_known() -> None:
    sentences = Sentences(STEADY)
    assert sentences.feed("It rains.") == []
    assert sentences.feed(" ") == []
    assert [piece.text for piece in sentences.feed("T")] == ["It rains."]


@pytest.mark.parametrize(("least", "most"), [(0, 10), (11, 10)])
def test_impossible_lengths_are_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="least should be 1 to most"):
        Pacing(least=least, most=most)


MARKDOWN = st.lists(
    st.sampled_from([
        ". ", ".", "!", "?", "…", "...", "。", " ", "  ", "\n", "\n\n", "\r\n", "\t", "`", "``",
        "```", "```\n", "\n```\n", "~~~\n", "- ", "* ", "1. ", "10) ", "# ", "> ", "| ", "\n- ",
        "Dr", "e.g.", "J.", "3.14", "2024.", "https://a.b/c?d=e", '"', ")", "(", "»", "*", "word",
        "Word", "wörter", "世界", "😀", ",", "; ", "I", "no", "\u2028", "\x0b", "x" * 30,
    ]),
    max_size=40,
).map("".join)  # fmt: skip
PACINGS = st.sampled_from(
    [Pacing(), STEADY, Pacing(1, 1, 1, 1), Pacing(1, 5, 3, 12), Pacing(8, 8, 8, 8)]
)


@given(MARKDOWN | st.text(), PACINGS, st.lists(st.integers(1, 9)))
@example("a b.\n\nx", STEADY, [1])
@example('Ab."', Pacing(4, 8, 4, 8), [1])
def test_the_bits_that_text_comes_in_do_not_matter(
    text: str, pacing: Pacing, sizes: list[int]
) -> None:
    sentences, pieces, start = Sentences(pacing), [], 0
    for size in sizes:
        pieces += sentences.feed(text[start : start + size])
        start += size
    pieces += sentences.feed(text[start:]) + sentences.flush()
    assert pieces == cut(text, pacing, bits=len(text) or 1) == cut(text, pacing)


@given(MARKDOWN | st.text(), PACINGS)
def test_nothing_is_lost_doubled_or_out_of_place(text: str, pacing: Pacing) -> None:
    pieces = cut(text, pacing)
    assert all(piece.text == text[piece.start : piece.end] for piece in pieces)
    assert all(piece.text == piece.text.rstrip() != "" for piece in pieces)
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())


@given(MARKDOWN, PACINGS)
def test_pieces_are_as_long_as_they_may_be(text: str, pacing: Pacing) -> None:
    pieces = cut(text, pacing)
    for number, piece in enumerate(pieces):
        assert len(piece.text) <= (pacing.most if number or piece.code else pacing.first_most)

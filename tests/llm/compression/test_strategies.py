"""What each strategy takes out, and what it must not touch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.compression import LOSSLESS, STRATEGIES, UnknownStrategy, named, shorten
from app.llm.compression.code import LANGUAGES, anatomy
from app.llm.compression.fences import sections


def applied(name: str, *texts: str) -> list[str]:
    return LOSSLESS[name](list(texts))


def fenced(code: str, language: str = "python") -> str:
    return f"Look:\n```{language}\n{code}\n```\nThanks."


class TestNames:
    def test_lossless_stands_for_all_that_lose_nothing(self) -> None:
        assert named(["lossless"]) == tuple(LOSSLESS)
        assert named(["summary", "lossless", "repeats"]) == ("summary", *LOSSLESS)

    def test_an_unknown_one_is_told_with_the_known(self) -> None:
        with pytest.raises(UnknownStrategy, match="no strategy 'zip'; there are comments, white"):
            named(["zip"])

    def test_each_is_one(self) -> None:
        assert all(named([name]) for name in STRATEGIES)


class TestFences:
    @given(st.text(st.sampled_from("`~ \nab"), max_size=60))
    def test_sections_are_the_text(self, text: str) -> None:
        assert "".join(section.text for section in sections(text)) == text

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("a\n```py\nb\n```\nc", [("b\n", "py")]),
            ("```\nb\n```", [("b\n", "")]),
            ("~~~ SQL title=x\nb\n~~~~\n", [("b\n", "sql")]),
            ("````md\n```py\nb\n```\n````", [("```py\nb\n```\n", "md")]),
            ("  ```js\n  b\n  ```\n```go\nc", [("  b\n", "js"), ("c", "go")]),
            ("a `b` ```c``` d", []),
        ],
    )
    def test_what_is_code(self, text: str, code: list[tuple[str, str]]) -> None:
        found = [(s.text, s.language) for s in sections(text) if s.language is not None]
        assert found == code


class TestComments:
    @pytest.mark.parametrize(
        ("language", "code", "left"),
        [
            ("python", "x = 1  # one\n# two\ny = '# three'", "x = 1\ny = '# three'"),
            ("python", 'def f():\n    """Keeps # this."""\n    # not this\n    return 1',
             'def f():\n    """Keeps # this."""\n    return 1'),
            ("py", 's = f"{a!r} # no"  # yes', 's = f"{a!r} # no"'),
            ("python", "#!/usr/bin/env python\nx = 1", "#!/usr/bin/env python\nx = 1"),
            ("js", "let u = 'http://a/b'; // gone\n/* gone\n too */\nlet r = /\\/\\/#/g;",
             "let u = 'http://a/b';\nlet r = /\\/\\/#/g;"),
            ("ts", "const t = `// ${a /* no */} //`; /* gone */ f();",
             "const t = `// ${a /* no */} //`; f();"),
            ("jsx", "<p>See http://a.b/c</p>; // stays", "<p>See http://a.b/c</p>; // stays"),
            ("sql", "SELECT '--x', \"--y\" -- gone\n/* gone */\nFROM t;",
             "SELECT '--x', \"--y\"\nFROM t;"),
            ("sql", "DO $$ -- stays\n$$; -- gone", "DO $$ -- stays\n$$;"),
            ("go", "s := `// stays` // gone", "s := `// stays`"),
            ("rust", "fn f<'a>(c: &'a str) { '\"'; } // gone", "fn f<'a>(c: &'a str) { '\"'; }"),
            ("css", "a { color: red; /* gone */ }", "a { color: red; }"),
            ("c", '#include <a.h> // gone\nchar *s = "//";', '#include <a.h>\nchar *s = "//";'),
            ("toml", "a = '#' # gone", "a = '#'"),
        ],
    )  # fmt: skip
    def test_are_taken_out(self, language: str, code: str, left: str) -> None:
        assert applied("comments", fenced(code, language)) == [fenced(left, language)]

    @pytest.mark.parametrize(
        ("language", "code"),
        [
            ("python", "import x  # noqa: F401"),
            ("python", "# -*- coding: latin-1 -*-"),
            ("python", "x = f()  # type: ignore[no-any-return]"),
            ("ts", "// @ts-expect-error\nf();"),
            ("js", "/*! license */"),
            ("sql", "SELECT /*+ INDEX(t i) */ 1"),
            ("go", "//go:build linux"),
        ],
    )
    def test_that_tools_read_stay(self, language: str, code: str) -> None:
        assert applied("comments", fenced(code, language)) == [fenced(code, language)]

    @pytest.mark.parametrize(
        ("language", "code"),
        [
            ("python", "x = 'no end  # a"),
            ("python", '"""no end\n# a\nx = "b" # c'),
            ("js", "`no end // a"),
            ("js", "/* no end"),
            ("jsx", "<p>Don't</p> // a"),
            ("sql", "SELECT 'it\\'s' -- MySQL's way"),
            ("sql", "SELECT $a$ -- no end"),
            ("sql", "/* a /* b */ c */ -- nested"),
            ("cpp", 'auto s = R"(// a)"; // b'),
            ("csharp", 'var p = @"c:\\"; // b'),
            ("rust", 'let s = r#"// a"#; // b'),
            ("brainfuck", "+ # a"),
            ("", "x = 1  # no language"),
        ],
    )
    def test_where_nothing_is_sure_all_stay(self, language: str, code: str) -> None:
        assert applied("comments", fenced(code, language)) == [fenced(code, language)]

    def test_prose_has_none(self) -> None:
        text = "# A heading\nNumber #5 // or -- so\n/* this */"
        assert applied("comments", text) == [text]

    @pytest.mark.parametrize("language", LANGUAGES)
    @given(code=st.text(st.sampled_from("\"'`/*#-$\\[\n =ar{}"), max_size=40))
    def test_nothing_but_comments_and_space_goes(self, language: str, code: str) -> None:
        found = anatomy(code, language)
        spans = () if found is None else found.comments
        commented = {i for span in spans for i in range(span.start, span.end)}
        rest = [c for i, c in enumerate(code) if i not in commented and not c.isspace()]
        (left,) = applied("comments", f"```{language}\n{code}\n```x")
        for character in rest:
            assert left.count(character) >= rest.count(character)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_time_grows_with_length_alone(self, language: str) -> None:
        """What grows faster would take minutes here, and run into the suite's time-out."""
        for piece in ('"\\', "'\\", "/*", "=/[", "\n", "$a$", '"""', "`", "a.", "'a"):
            anatomy((piece * 50_000)[:100_000], language)


class TestWhitespace:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("a  \nb\t\n", "a\nb"),
            ("a\n\n\n\nb", "a\n\nb"),
            ("\n\n  a\n", "  a"),
            ("- a\n    - b", "- a\n    - b"),
            ("a\r\nb\r\n", "a\nb"),
            ("a  b", "a  b"),
        ],
    )
    def test_in_prose(self, text: str, left: str) -> None:
        assert applied("whitespace", text) == [left]

    def test_in_code_indentation_and_strings_stay(self) -> None:
        code = 'def f():  \n    s = """a  \n\n\n\nb"""   \n\n\n\n    return  s  '
        left = 'def f():\n    s = """a  \n\n\n\nb"""\n\n    return  s'
        assert applied("whitespace", fenced(code)) == [fenced(left)]

    @pytest.mark.parametrize("language", ["diff", "patch", "markdown"])
    def test_where_it_means_something_it_stays(self, language: str) -> None:
        code = "-a  \n \n+b\n\n\n\n"
        assert applied("whitespace", fenced(code, language)) == [fenced(code, language)]

    @given(st.text(st.sampled_from("ab \t\n\r`\"'#py"), max_size=80))
    def test_only_space_goes(self, text: str) -> None:
        (left,) = applied("whitespace", text)
        assert re.sub(r"\s", "", left) == re.sub(r"\s", "", text)
        assert applied("whitespace", left) == [left]


REFERENCE = re.compile(r'\s*\[as above: (?:(\d+) lines from )?"(.*)"\]')


def unfolded(texts: list[str]) -> list[str]:
    """The texts with what each reference stands for."""
    kept: list[str] = []
    result = []
    for text in texts:
        lines: list[str] = []
        for line in text.split("\n"):
            found = REFERENCE.fullmatch(line)
            if found is None:
                lines.append(line)
                kept.append(line)
                continue
            start = next(i for i, each in enumerate(kept) if each.strip()[:40] == found[2])
            lines += kept[start : start + int(found[1] or 1)]
            kept.append("")
        kept.append("")
        result.append("\n".join(lines))
    return result


LINES = st.lists(st.sampled_from([f"{word} " * 9 for word in ("one", "two", "six")] + ["", "x"]))


class TestRepeats:
    BLOCK = (
        "Delivery takes five working days.\nReturns are free within 30 days of the delivery.\n\n"
        "Ask us anything, at any time."
    )

    def test_the_second_time_is_a_reference_to_the_first(self) -> None:
        texts = [f"Our terms:\n{self.BLOCK}\nBye.", f"As I said:\n{self.BLOCK}\nBye now."]
        reference = '[as above: 4 lines from "Delivery takes five working days."]'
        assert applied("repeats", *texts) == [texts[0], f"As I said:\n{reference}\nBye now."]

    def test_within_one_text_too(self) -> None:
        (left,) = applied("repeats", f"{self.BLOCK}\n---\n{self.BLOCK}")
        assert left.count("five working days") == 2
        assert left.count("Returns are free") == 1

    def test_a_long_line_alone(self) -> None:
        line = "This paragraph is long enough to be worth a reference. " * 5
        _, second = applied("repeats", line, line)
        assert second.startswith('[as above: "This paragraph is long')

    @pytest.mark.parametrize("text", ["Yes.", "}\n}\n}", "- a\n- b"])
    def test_what_is_short_stays(self, text: str) -> None:
        assert applied("repeats", text, text) == [text, text]

    def test_indentation_stays(self) -> None:
        block = (
            "    if order.total > limit:\n        order.hold(reason)\n        notify(order, reason)"
        )
        _, second = applied("repeats", block, f"x\n{block}")
        assert second.startswith("x\n    [as above: 3 lines from")

    @given(st.lists(LINES, min_size=1, max_size=5))
    def test_a_reader_can_put_all_of_it_back(self, texts: list[list[str]]) -> None:
        whole = ["\n".join(lines) for lines in texts]
        assert unfolded(applied("repeats", *whole)) == whole


class TestTogether:
    @given(st.lists(st.text(st.sampled_from("ab \n#`py'"), max_size=80), max_size=4))
    def test_never_longer(self, texts: list[str]) -> None:
        shorter, savings = shorten(texts, LOSSLESS)

        assert [s.strategy for s in savings] == list(LOSSLESS)
        assert all(s.tokens_after <= s.tokens_before for s in savings)
        assert sum(map(len, shorter)) <= sum(map(len, texts))
        assert len(shorter) == len(texts)

    def test_only_those_that_are_named(self) -> None:
        texts = [fenced("x = 1  # one" + " " * 40)]
        shorter, savings = shorten(texts, ["whitespace"])

        assert shorter == [fenced("x = 1  # one")]
        assert [s.strategy for s in savings] == ["whitespace"]

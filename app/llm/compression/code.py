"""Tells comments and strings from the rest of a program.

Nothing else of a language matters here, and so one expression for each does. Its loops are
possessive: whatever it is given, its time grows with the length alone. The lexers of Pygments
(2.21) and of the standard library's `tokenize` take seconds for 20 kB of quotes and backslashes,
and hold up every thread meanwhile; a prompt is anybody's text.
"""

import re

from app.kit.frozen import frozen

_LINE = r"//[^\n]*+"
_BLOCK = r"/\*(?:[^*]|\*(?!/))*+\*/"
_BLOCK_WITHOUT_ANOTHER = r"/\*(?:[^*/]|\*(?!/)|/(?!\*))*+\*/"
_DOUBLE = r'"(?!"")(?:[^"\\\n]|\\[\s\S])*+"|""(?!")'
_SINGLE = r"'(?!'')(?:[^'\\\n]|\\[\s\S])*+'|''(?!')"
_TRIPLE_DOUBLE = r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"""'
_TRIPLE_SINGLE = r"'''(?:[^'\\]|\\[\s\S]|'(?!''))*+'''"
_TEMPLATE = r"`(?:[^`\\]|\\[\s\S])*+`"
_RAW = r"`[^`]*+`"
_PATTERN = (  # a slash begins a regular expression where no number can have ended
    r"(?:[(,=:\[!&|?{;+*%<>~^\n]|\breturn|\btypeof)[ \t]{0,99}+"
    r"/(?![/*])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,99}+\]){1,299}+/"
)
_SQL = r"'(?:[^'\\]|'')*+'|\"[^\"]*+\"|`[^`]*+`|\$(?P<tag>\w*+)\$[\s\S]*?\$(?P=tag)\$"
_RUST_CHARACTER = r"'(?:\\''|\\[^\n']*+'|[^'\\\n]')"

_QUOTES = r"[\"'`]|/\*"


def _expression(
    *strings: str, comments: tuple[str, ...] = (_LINE, _BLOCK), unsure: str = _QUOTES, raw: str = ""
) -> re.Pattern[str]:
    """`unsure` begins a string or a comment that isn't closed, if neither is found there; `raw` a
    string with an end of its own making, which is rare enough to leave such programs alone."""
    first = f"(?P<raw>{raw})|" if raw else ""
    return re.compile(
        f"{first}(?P<string>{'|'.join(strings)})|(?P<comment>{'|'.join(comments)})"
        f"|(?P<unsure>{unsure})"
    )


_SCRIPT = _expression(_TEMPLATE, _DOUBLE, _SINGLE, _PATTERN)
_PYTHON = _expression(
    _TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE, comments=(r"#[^\n]*+",), unsure=r"[\"']"
)
_EXPRESSIONS = {
    "c": _expression(_DOUBLE, _SINGLE),
    "cpp": _expression(_DOUBLE, _SINGLE, raw='R"'),
    "csharp": _expression(_DOUBLE, _SINGLE, raw='@"|"""'),
    "css": _expression(_DOUBLE, _SINGLE, comments=(_BLOCK,)),
    "go": _expression(_RAW, _DOUBLE, _SINGLE),
    "java": _expression(_TRIPLE_DOUBLE, _DOUBLE, _SINGLE),
    "javascript": _SCRIPT,
    "kotlin": _expression(
        _TRIPLE_DOUBLE, _DOUBLE, _SINGLE, comments=(_LINE, _BLOCK_WITHOUT_ANOTHER)
    ),
    "python": _PYTHON,
    "rust": _expression(
        _DOUBLE,
        _RUST_CHARACTER,
        comments=(_LINE, _BLOCK_WITHOUT_ANOTHER),
        unsure=r'"|/\*',
        raw=r'\bb?r#*"',
    ),
    "sql": _expression(
        _SQL, comments=(r"--[^\n]*+", _BLOCK_WITHOUT_ANOTHER), unsure=rf"{_QUOTES}|\$\w*+\$"
    ),
    "swift": _expression(
        _TRIPLE_DOUBLE,
        _DOUBLE,
        comments=(_LINE, _BLOCK_WITHOUT_ANOTHER),
        unsure=r'"|/\*',
        raw='#"',
    ),
    "toml": _PYTHON,
    "typescript": _SCRIPT,
}
_OTHER_NAMES = {
    "c": ("h",),
    "cpp": ("c++", "cc", "cxx", "hpp"),
    "csharp": ("cs", "c#"),
    "go": ("golang",),
    "javascript": ("js", "mjs", "cjs", "jsx", "node"),
    "kotlin": ("kt",),
    "python": ("py", "python3"),
    "rust": ("rs",),
    "sql": ("mysql", "pgsql", "plpgsql", "postgres", "postgresql", "psql", "sqlite"),
    "typescript": ("ts", "tsx"),
}
_BY_NAME = {
    name: expression
    for language, expression in _EXPRESSIONS.items()
    for name in (language, *_OTHER_NAMES.get(language, ()))
}
LANGUAGES = tuple(_EXPRESSIONS)


@frozen
class Span:
    start: int
    end: int


@frozen
class Anatomy:
    """Where a program's comments and strings are, in order."""

    comments: tuple[Span, ...]
    strings: tuple[Span, ...]


def anatomy(code: str, language: str) -> Anatomy | None:
    """None where the language isn't known, or something in the program isn't closed: then nothing
    that follows is sure."""
    expression = _BY_NAME.get(language)
    if expression is None:
        return None
    spans: dict[str, list[Span]] = {"comment": [], "string": []}
    for found in expression.finditer(code):
        if found.lastgroup not in spans:
            return None
        spans[found.lastgroup].append(Span(*found.span()))
    return Anatomy(tuple(spans["comment"]), tuple(spans["string"]))

"""What of a text is spoken: its words, without the marks that only an eye wants."""

import re

from app.kit.frozen import frozen

_FENCE = re.compile(
    r"^ {0,3}(```+|~~~+)[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\s]{0,300}(?: [^)\n]{0,300})?\)")
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\s]{0,300}(?: [^)\n]{0,300})?\)")
_ADDRESS = re.compile(r"<?https?://([^\s/<>)]{1,300})[^\s<>)]{0,300}>?")
_CODE = re.compile(r"(`+)([^`\n]{1,300})\1")
_LINE_MARK = re.compile(
    r"^[ \t]{0,12}(?:#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?)", re.MULTILINE
)
_RULE = re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,}$|^[ \t|:+-]{3,}$", re.MULTILINE)
_CELLS = re.compile(r"[ \t]*\|[ \t]*")
_STRESS = re.compile(r"(\*{1,3}|~~)(?=\S)(.{1,300}?)(?<=\S)\1")
_LINE_STRESS = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^\n]{1,300}?)(?<=\S)\1(?!\w)")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_ROW = re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")
_LINES = re.compile(r"\s*\n\s*\n\s*")


@frozen
class Prose:
    """`left_out` says that there was code, which isn't read aloud."""

    text: str
    left_out: bool


def prose(text: str) -> Prose:
    """Of Markdown, the words: no marks, no blocks of code, of an address the site's name. A plain
    text stays what it is. May be empty."""
    spoken, fences = _FENCE.subn("\n\n", text)
    spoken = _LINK.sub(r"\1", _IMAGE.sub(r"\1", spoken))
    spoken = _ADDRESS.sub(r"\1", spoken)
    spoken = _TAG.sub("", _CODE.sub(r"\2", spoken))
    spoken = _RULE.sub("", spoken)
    spoken = _ROW.sub(lambda row: _CELLS.sub(", ", row[1].strip()) + ".", spoken)
    spoken = _LINE_MARK.sub("", spoken)
    spoken = _LINE_STRESS.sub(r"\2", _STRESS.sub(r"\2", spoken))
    spoken = _LINES.sub("\n\n", _SPACES.sub(" ", spoken)).strip()
    return Prose(spoken if re.search(r"\w", spoken) else "", left_out=fences > 0)

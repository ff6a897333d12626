"""What an agent says aloud: its text without the thinking, markup and noise around it."""

import re
from functools import lru_cache

_LONGEST = 4000

_NOISE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>think|thinking|thoughts?|reasoning|scratchpad|reflection)\b[^<>]*>",
    re.IGNORECASE,
)
_FENCED_JSON = re.compile(r"```(?:json)?\s*\{.*?(?:```|\Z)", re.IGNORECASE | re.DOTALL)
_THOUGHT = re.compile(
    r"[\s*_#>]*+(?:reasoning|thinking|thought|thoughts|thought process|analysis)\s*+[*_]*+\s*+:",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"[\s*_#>]*+(?:final answer|answer|response|reply|message)\s*+[*_]*+\s*+:[*_]*+\s*+",
    re.IGNORECASE,
)
_WIDE_GAP = re.compile(r"\n(?:[ \t]*+\n){2,}")


@lru_cache(maxsize=1024)  # a turn is looked at when it is checked and when it is written
def spoken(text: str, limit: int = _LONGEST) -> str:
    """`text` as the room may hear it, at most `limit` characters; empty when it was all thinking.

    Thinking is a `<think>` block (or one of its kin; one left open goes to the end, a stray end
    tag takes all before it) and a paragraph that starts with "Reasoning:" or its like, up to the
    next blank line or an "Answer:". Fenced JSON objects go too: they are the turn's numbers.
    Idempotent: what one removal lays bare is removed as well.
    """
    said = _without_thinking(text)[:limit]
    while (cleaner := _without_thinking(said)) != said:
        said = cleaner
    return said


def _without_thinking(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode()
    text = _outside_tags(_NOISE.sub("", text))
    text = _outside_paragraphs(_FENCED_JSON.sub("\n", text))
    return _WIDE_GAP.sub("\n\n", text).strip()


def _outside_tags(text: str) -> str:
    """Tags nest by name: within `<think>`, only another `<think>` is counted."""
    kept: list[str] = []
    block, depth, start = "", 0, 0
    for tag in _TAG.finditer(text):
        name, ends = tag["name"].lower(), bool(tag["end"])
        if depth == 0 and ends:
            kept.clear()
        elif depth == 0:
            kept.append(text[start : tag.start()].strip())
            block, depth = name, 1
        elif name == block:
            depth += -1 if ends else 1
        start = tag.end()
    if depth == 0 and start:
        kept.append(text[start:].strip())
    return "\n".join(filter(None, kept)) if start else text


def _outside_paragraphs(text: str) -> str:
    """A label such as "Answer:" goes where it opens the text or follows thinking."""
    kept: list[str] = []
    thinking, label_due = False, True
    for line in text.split("\n"):
        if _THOUGHT.match(line):
            thinking = label_due = True
        elif label_due and (label := _REPLY.match(line)):
            kept.append(line[label.end() :])
            thinking = label_due = False
        elif not line.strip():
            thinking = False
            kept.append("")
        elif not thinking:
            kept.append(line)
            label_due = False
    return "\n".join(kept)

"""Titles by rule: of what was said first, and of what a model proposes."""

import re

LENGTH = 60
"""Of a title that is made here, in characters; an owner's may be longer."""

_LEAST = 12
"""A sentence shorter than this says too little ("Hi there!"): the next one is added."""
_LOOKED_AT = 2000
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")
_MARKS = re.compile(r"^[#>*+\-\s]+|[*`]|^\d+[.)]\s+", re.MULTILINE)
_LABEL = re.compile(r"^(?:title|subject)\s*:\s*", re.IGNORECASE)
_AROUND = " \t\"'“”„‘’«»"


def title_of(message: str) -> str | None:
    """The beginning of a message: its first sentence, and the next where that is very short; cut
    between words. None when it says nothing."""
    title = ""
    for sentence in _SENTENCE_END.split(_MARKS.sub("", message[:_LOOKED_AT])):
        title = " ".join(f"{title} {sentence}".split())
        if len(title) >= _LEAST:
            break
    return shortened(title.rstrip(".。")) or None


def proposed(text: str) -> str | None:
    """The title in a model's answer, without what models put around it; None when it has none."""
    lines = (_MARKS.sub("", line).strip(_AROUND) for line in text[:_LOOKED_AT].splitlines())
    first = next((line for line in lines if line), "")
    title = _LABEL.sub("", first).strip(_AROUND).rstrip(".。").rstrip(_AROUND)
    return shortened(title) or None


def shortened(title: str) -> str:
    """In one line of at most `LENGTH` characters, cut between words where there are any."""
    title = " ".join(title.split())
    if len(title) <= LENGTH:
        return title
    cut = title[:LENGTH]
    words, space, _ = cut.rpartition(" ")
    return f"{(words if space and len(words) > LENGTH // 2 else cut[:-1]).rstrip(' ,;:-')}…"

"""Words that people use for the same things, so that a question by other words than a memory's own
finds it where nothing but words is compared."""

import re
from collections.abc import Iterator

_GROUPS = (
    "live lives home city town address reside moved based",
    "work works working job employer company profession occupation career",
    "name called named",
    "born birthday birth age old",
    "eat food dinner lunch breakfast meal cook recipe restaurant diet vegetarian vegan allergic "
    "allergy allergies",
    "drink drinks coffee tea",
    "budget afford spend cost price money",
    "wife husband spouse partner married girlfriend boyfriend",
    "child children kid kids son daughter",
    "pet pets dog cat",
    "like likes love loves prefer prefers favourite favorite enjoy enjoys hate hates dislike",
    "deadline due date schedule when",
    "speak speaks language languages",
    "travel trip holiday vacation flight visit",
    "phone number mobile telephone",
    "email mail address",
)
_BY_WORD: dict[str, list[str]] = {}
for _group in _GROUPS:
    for _word in _group.split():
        _BY_WORD.setdefault(_word, []).extend(_group.split())

_WORD = re.compile(r"[a-z]+")


def related(text: str) -> str:
    """The words related to those of the text that aren't in it, separated by spaces."""
    said = set(_WORD.findall(text.lower()))
    return " ".join(dict.fromkeys(word for word in _found(said) if word not in said))


def _found(said: set[str]) -> Iterator[str]:
    for word in sorted(said):
        yield from _BY_WORD.get(word, ())

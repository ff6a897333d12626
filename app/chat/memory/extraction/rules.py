"""Facts and preferences found without a model, in plain English sentences.

Rather too few than wrong ones: a clause counts only when one of the patterns fits it from its
beginning.
"""

import re
from collections.abc import Iterator

from app.chat.memory.extraction.clauses import clauses
from app.chat.memory.extraction.found import Found
from app.chat.memory.extraction.patterns import PATTERNS, REMEMBER, Pattern
from app.chat.memory.secrecy import secret_in
from app.chat.memory.telling import one_line, subject_of

_MOST = 20
_LONGEST_VALUE = 120
_ASIDE = re.compile(
    r"\s*(?:,?\s+(?:but|because|although|though|however|anyway|by the way|btw|actually|please|"
    r"thanks|too|as well|very much|so much|a lot|the most|right now|at the moment|nowadays|"
    r"these days|now|again|by now|since|until)\b.*|,\s+(?:which|who|where|so|and)\b.*|\s*\(.*|"
    r"\s*[,:;–]\s*|\s+-+\s+.*)$",
    re.IGNORECASE,
)
_SURELY = 0.9
_PERSON = re.compile(r"\b(?:i|i'm|i've|me|my|we|our)\b", re.IGNORECASE)


def told_in(text: str) -> list[Found]:
    """What a message tells of the person who wrote it; of one subject only what is said last."""
    by_subject: dict[str, Found] = {}
    for clause in clauses(text):
        for found in _of_clause(clause, relaxed=not any(map(str.isupper, text))):
            by_subject.pop(found.subject, None)
            by_subject[found.subject] = found
    return list(by_subject.values())[:_MOST]


def _of_clause(clause: str, *, relaxed: bool) -> Iterator[Found]:
    if secret_in(clause):
        return
    asked = REMEMBER.match(clause)
    rest = clause[asked.end() :].strip(" ,:") if asked else clause
    found = list(_by_pattern(_value(rest), relaxed=relaxed))
    yield from found
    if asked and not found and len(rest.split()) > 2:
        yield _as_asked(rest)


def _by_pattern(clause: str, *, relaxed: bool) -> Iterator[Found]:
    for pattern in PATTERNS:
        matched = pattern.match(clause, relaxed=relaxed)
        if matched is None:
            continue
        values = [_value(value) for value in pattern.values(matched["value"])]
        for value in values:
            if value and len(value) <= _LONGEST_VALUE and not pattern.refuses(value):
                yield _found(pattern, matched, value)
        return


def _found(pattern: Pattern, matched: re.Match[str], value: str) -> Found:
    said = {name: part or "" for name, part in matched.groupdict().items()} | {"value": value}
    subject = subject_of(pattern.subject.format(**said))
    said |= {"About": _sentence(said.get("about", "")), "Clause": _sentence(matched[0])}
    return Found(pattern.kind, subject, one_line(pattern.text.format(**said)), pattern.confidence)


def _as_asked(rest: str) -> Found:
    """In the person's own words: whose they are must stay clear once they are quoted."""
    text = f"Asked to remember: {rest}" if _PERSON.search(rest) else _sentence(rest)
    return Found("fact", subject_of(rest), text, _SURELY)


def _value(said: str) -> str:
    before = ""
    while before != said:
        before, said = said, _ASIDE.sub("", said)
    return said.strip(" .,;:!\"'")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

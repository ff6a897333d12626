"""Tells a conversation in fewer words without a model: by the sentences in it that tell something.

What a person says of themselves, numbers, dates, names and decisions count; greetings, thanks and
plain questions don't. Of what the assistant said, only what is dense with them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from app.kit.frozen import frozen
from app.llm import Message, Role, text_tokens

_FENCE = re.compile(r"^```.*?(?:^```|\Z)", re.MULTILINE | re.DOTALL)
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+")
_MARK = re.compile(r"^(?:[-*•>#]+|\d{1,2}[.)])\s+")
_BREAK = re.compile(r"\S.{0,299}(?!\S)|\S{1,300}", re.DOTALL)

_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"hundred|thousand|million|half|dozen)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:)] )(?!I\b|I'|OK\b)[\"'“‘(]?[^\W\d_a-z]\w*[^\W\d_]")
_OWN = re.compile(
    r"\b(?:my|our|mine|ours|I'?m|I am|we'?re|we are|I'?ve|I'?d|I (?:have|had|was|got|like|love|"
    r"hate|prefer|need|want|work|live|moved|use|own|play|speak|study|grew|can'?t|cannot|don'?t|"
    r"always|never|usually|plan|bought|booked|started|decided)|we (?:have|need|want|use|live|work|"
    r"plan|decided|agreed)|call me|allerg\w+)\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"(?!(?:that|this|it|there|here|what|so|which)\b).*\s(?:is|are|was|were|has|have|costs?|called)\s",
    re.IGNORECASE,
)
_OTHER_SCRIPT = re.compile(r"[^a-z]*[^\W\da-z][^a-z]*", re.IGNORECASE)
_DECISION = re.compile(
    r"\b(?:agreed?|decided?|decision|settled|confirm(?:ed)?|deadline|due|budget|promised?|must|"
    r"remember|important|note that|let'?s (?:go|take|use|do|make)|instead of|go with|chosen?|"
    r"cancel(?:led)?|changed)\b",
    re.IGNORECASE,
)
_LOOKED_AT = 20_000
"""Characters of each message."""
_TELLING = 2
_SPEAKERS = {Role.USER: "Person", Role.ASSISTANT: "Assistant"}


@frozen
class _Sentence:
    place: int
    role: Role
    text: str
    score: int

    @property
    def rank(self) -> tuple[bool, int, int]:
        """What the person told goes first, then what tells more, then what is newer."""
        return self.role is Role.USER, self.score, self.place


def digest(messages: Sequence[Message], tokens: int) -> str:
    """At most `tokens` of what was said, word for word, in its order; each line tells who said it.
    Empty where nothing in it tells anything."""
    telling = [each for each in _sentences(messages) if each.score >= _TELLING]
    kept: list[_Sentence] = []
    left = tokens
    for each in sorted(telling, key=lambda sentence: sentence.rank, reverse=True):
        size = text_tokens(each.text) + text_tokens(f"\n{_SPEAKERS[each.role]}: ")
        if size <= left:
            kept.append(each)
            left -= size
    kept.sort(key=lambda sentence: sentence.place)
    return "\n".join(
        f"{_SPEAKERS[role]}: {' '.join(each.text for each in said)}"
        for role, said in groupby(kept, key=lambda sentence: sentence.role)
    )


def _sentences(messages: Sequence[Message]) -> Iterator[_Sentence]:
    """The newest of those that are said more than once."""
    seen: dict[str, _Sentence] = {}
    place = 0
    for message in messages:
        if message.role not in _SPEAKERS:
            continue
        for text in _split(message.content):
            place += 1
            seen[text.casefold()] = _Sentence(place, message.role, text, _score(text, message.role))
    return iter(seen.values())


def _split(text: str) -> Iterator[str]:
    prose = _FENCE.sub("\n", text[:_LOOKED_AT])
    for line in _END.split(prose):
        sentence = " ".join(_MARK.sub("", line.strip()).split())
        yield from _BREAK.findall(sentence)


def _score(text: str, role: Role) -> int:
    facts = bool(_NUMBER.search(text)) + bool(_NAME.search(text)) + bool(_DECISION.search(text))
    if role is Role.ASSISTANT:
        return facts
    own = bool(_OWN.search(text))
    if text.endswith(("?", "？")):
        return 2 * (facts + own) - (0 if own else 3)
    stated = bool(_STATED.match(text) or _OTHER_SCRIPT.fullmatch(text))
    return 2 * (facts + (own or stated))

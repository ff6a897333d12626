"""What is remembered for a turn: which memories matter to a text, how much, and why."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.kit.frozen import frozen

By = Literal["meaning", "words"]

_HALF_LIFE_DAYS = 30.0
STANDING = ("name", "pronouns", "language")
"""Subjects of facts that matter whatever is asked."""
_MOST_PREFERENCES = 3
"""Of those that the text doesn't touch: people want them heeded without saying so again."""
_UNASKED = 0.15
_NAMEABLE = 4
"""Words of a subject that still reads as one in a sentence."""
_LEAST_LIKENESS = 0.25
_NEAR_THE_BEST = 0.6
"""What is much less alike than the best one is there because something always comes next."""


@frozen
class Recalled:
    """`score` is 0 to 1; `why` is for people; `told_at` is when it was last told or changed."""

    id: UUID
    text: str
    source_message_id: UUID | None
    why: str
    score: float
    told_at: datetime


@frozen
class Recollection:
    """The most important first. `by` says how they were looked for: by what the text means, or
    only by the words in it."""

    memories: tuple[Recalled, ...] = ()
    by: By = "words"


@frozen
class Candidate:
    """A memory that may matter. `shared` are the stems of words that it has in common with the
    text, `in_subject` those of them that say what it is about; `likeness` is the cosine of the
    angle between both vectors, None where one of them is missing."""

    id: UUID
    kind: str
    subject: str
    text: str
    message_id: UUID | None
    confidence: float
    updated_at: datetime
    shared: AbstractSet[str] = frozenset()
    in_subject: AbstractSet[str] = frozenset()
    likeness: float | None = None


@frozen
class Wording:
    """The words of a text by their stems; those that only mean something related count less."""

    said: Mapping[str, str] = field(default_factory=dict)
    related: Mapping[str, str] = field(default_factory=dict)

    @property
    def stems(self) -> list[str]:
        return [*self.said, *(stem for stem in self.related if stem not in self.said)]

    def word(self, stem: str) -> str:
        return self.said.get(stem) or self.related[stem]


def recollect(
    candidates: Sequence[Candidate], wording: Wording, *, now: datetime, limit: int
) -> tuple[Recalled, ...]:
    """At most `limit` of the candidates. Those that have to do with the text come by how much they
    do, the newer of those alike first; then what stands whatever is asked."""
    rarity = _rarity(candidates)
    best = max((each.likeness or 0.0 for each in candidates), default=0.0)
    near: list[Recalled] = []
    standing: list[Candidate] = []
    for each in candidates:
        words = _by_words(each, wording, rarity)
        likeness = each.likeness or 0.0
        alike = likeness >= max(_LEAST_LIKENESS, best * _NEAR_THE_BEST)
        relevance = max(words, likeness if alike else 0.0)
        if relevance > 0:
            near.append(_recalled(each, relevance, _reason(each, wording, rarity), now))
        elif _stands(each):
            standing.append(each)
    near.sort(key=lambda recalled: recalled.score, reverse=True)
    return (*near, *_standing(standing, now))[:limit]


def _rarity(candidates: Iterable[Candidate]) -> dict[str, float]:
    """How much a stem tells: one that many memories have tells little."""
    count: dict[str, int] = {}
    for each in candidates:
        for stem in each.shared:
            count[stem] = count.get(stem, 0) + 1
    return {stem: 1 / (1 + 0.25 * (times - 1)) for stem, times in count.items()}


def _by_words(each: Candidate, wording: Wording, rarity: Mapping[str, float]) -> float:
    """0 to below 1; a word of the subject weighs twice, a related one half."""
    weight = sum(
        rarity[stem] * (2 if stem in each.in_subject else 1) * (1 if stem in wording.said else 0.5)
        for stem in each.shared
    )
    return weight / (weight + 1)


def _stands(each: Candidate) -> bool:
    return each.kind == "preference" or each.subject in STANDING


def _standing(candidates: Sequence[Candidate], now: datetime) -> list[Recalled]:
    newest = sorted(candidates, key=lambda each: each.updated_at, reverse=True)
    preferences = [each for each in newest if each.kind == "preference"][:_MOST_PREFERENCES]
    facts = [each for each in newest if each.kind != "preference"]
    return [
        *(_recalled(each, _UNASKED, f"who you are: your {each.subject}", now) for each in facts),
        *(_recalled(each, _UNASKED, "a preference, heeded unasked", now) for each in preferences),
    ]


def _recalled(each: Candidate, relevance: float, reason: str, now: datetime) -> Recalled:
    days = max(0.0, (now - each.updated_at).total_seconds() / 86_400)
    score = 0.8 * min(1.0, relevance) + 0.1 * 0.5 ** (days / _HALF_LIFE_DAYS)
    score += 0.1 * each.confidence
    why = f"{reason}; told {_ago(days)}"
    return Recalled(each.id, each.text, each.message_id, why, round(score, 3), each.updated_at)


def _reason(each: Candidate, wording: Wording, rarity: Mapping[str, float]) -> str:
    if each.in_subject and len(each.subject.split()) <= _NAMEABLE:
        return f"about your {each.subject}" if each.kind == "fact" else f"on {each.subject}"
    if each.shared:
        telling = max(sorted(each.shared), key=lambda stem: rarity[stem])
        return f"mentions ‘{wording.word(telling)}’"
    return f"close in meaning ({each.likeness:.2f})"


def _ago(days: float) -> str:
    whole = int(days)
    if whole == 0:
        return "within a day"
    if whole < 60:
        return f"{whole} day{'s' if whole > 1 else ''} ago"
    return f"{whole // 30} months ago"

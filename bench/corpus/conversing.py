"""Writes the long conversations of the corpus: `python -m bench.corpus.conversing`.

Nobody said any of it: people, plans and answers are put together by chance from the phrases below,
the same at every run. Each conversation goes on about a few subjects; in between, the person tells
facts, changes some of them, and asks for them much later. Beside each conversation lie its
questions: in which exchange each is asked, when its answer was told, and the words it needs.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.corpus.phrases import ANSWERS, FACTS, NOTED, REPLIES, SUBJECTS, Fact

HERE = Path(__file__).parent / "conversations"
LENGTHS = (40, 48, 56, 64, 76, 88, 104, 120)
"""Exchanges of each conversation."""

_MOST_FACTS = 12
_APART = 13
"""Exchanges between a fact and the question for it, at least: more than are kept word for word."""


@dataclass(frozen=True, slots=True)
class Question:
    """`exchange` and `told` count from 0."""

    exchange: int
    told: int
    question: str
    needs: str


@dataclass(frozen=True, slots=True)
class Written:
    exchanges: list[tuple[str, str]]
    questions: list[Question]


def write(length: int, seed: int) -> Written:
    rng = Random(seed)  # noqa: S311  # the same at every run
    said: dict[int, tuple[str, str]] = {}
    questions = []
    facts = rng.sample(FACTS, min(_MOST_FACTS, length // 8))
    for place, fact in enumerate(facts):
        value, later = rng.sample(fact.values, 2)
        told = _free(rng, said, 0, length // 4)
        said[told] = _told(rng, fact, value)
        if place % 3 == 0:
            told, value = _free(rng, said, length // 4, length * 2 // 5), later
            said[told] = _changed(rng, fact, value)
        exchange = length - 1 - 2 * place
        said[exchange] = (fact.question, fact.answer.format(value))
        questions.append(Question(exchange, told, fact.question, value))
    subjects = rng.sample(sorted(SUBJECTS), 4)
    talk = [said.get(at) or _talk(rng, subjects[at * 4 // length]) for at in range(length)]
    if any(each.exchange - each.told < _APART for each in questions):
        raise ValueError("a question comes too soon after what it asks for")
    return Written(talk, sorted(questions, key=lambda each: each.exchange))


def _free(rng: Random, said: dict[int, tuple[str, str]], start: int, end: int) -> int:
    return rng.choice([at for at in range(start, end) if at not in said])


def _told(rng: Random, fact: Fact, value: str) -> tuple[str, str]:
    told = fact.told.format(value)
    lead = rng.choice(("By the way, ", "Just so you know: ", "Before I forget: ", ""))
    told = lead + told if lead else told[0].upper() + told[1:]
    return f"{told} {rng.choice(REPLIES)}", rng.choice(NOTED)


def _changed(rng: Random, fact: Fact, value: str) -> tuple[str, str]:
    lead = rng.choice(("Things have changed: ", "I have to correct myself: ", "An update: "))
    return f"{lead}{fact.told.format(value)}", rng.choice(NOTED)


def _talk(rng: Random, subject: str) -> tuple[str, str]:
    question = rng.choice(SUBJECTS[subject]["questions"])
    if rng.random() < 0.4:
        question = f"{rng.choice(REPLIES)} {question}"
    told = rng.sample(SUBJECTS[subject]["sentences"], rng.randint(3, 6))
    return question, " ".join([rng.choice(ANSWERS), *told])


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for place, length in enumerate(LENGTHS):
        written = write(length, seed=place)
        text = "".join(f"--- user\n{a}\n--- assistant\n{b}\n" for a, b in written.exchanges)
        asked = [
            {"exchange": q.exchange, "told": q.told, "question": q.question, "needs": q.needs}
            for q in written.questions
        ]
        name = f"{place + 1:02}-{length}-exchanges"
        HERE.joinpath(f"{name}.md").write_text(text, "utf-8")
        lines = ",\n".join(json.dumps(each) for each in asked)
        HERE.joinpath(f"{name}.questions.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main()

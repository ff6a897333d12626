"""Marks an answer against a solution. What a model wrote is never run as a program: expressions are
evaluated on their syntax tree, queries in an empty memory that can do nothing but select."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.kit import json
from app.llm.catalogue.benchmark.expression import Unusable, evaluate

Mark = Callable[[str, Mapping[str, Any]], float]
"""From an answer and a solution to 0 (wrong) … 1 (right)."""

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_TOLERANCE = 0.005
_MOST = 20_000


def words(answer: str, solution: Mapping[str, Any]) -> float:
    """The last line is these words; case, quotes and spacing don't matter."""
    lines = [line for line in _bare(answer).splitlines() if line.strip()]
    return float(bool(lines) and _plain(lines[-1]) == _plain(solution["words"]))


def number(answer: str, solution: Mapping[str, Any]) -> float:
    """The last number that is written is this one, to half a cent."""
    found = _NUMBER.findall(_bare(answer))
    if not found or len(found[-1]) > 30:
        return 0.0
    return float(abs(float(found[-1].replace(",", "")) - solution["number"]) <= _TOLERANCE)


def fields(answer: str, solution: Mapping[str, Any]) -> float:
    """The part of the object's fields that are right."""
    text = _bare(answer)
    try:
        found = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except ValueError:
        return 0.0
    if not isinstance(found, dict):
        return 0.0
    wanted = solution["fields"]
    right = [key in found and _same(found[key], value) for key, value in wanted.items()]
    return sum(right) / len(right)


def expression(answer: str, solution: Mapping[str, Any]) -> float:
    """A Python expression that has the right value in every case."""
    try:
        values = [evaluate(_bare(answer), case["given"]) for case in solution["cases"]]
    except Unusable:
        return 0.0
    return float(values == [case["value"] for case in solution["cases"]])


def query(answer: str, solution: Mapping[str, Any]) -> float:
    """A query that selects these rows, in this order."""
    from app.llm.catalogue.benchmark.query import rows_of  # noqa: PLC0415  # loads SQLite: 1 MB

    rows = rows_of(_bare(answer), solution["tables"])
    return float(rows == [list(row) for row in solution["rows"]])


MARKS: Mapping[str, Mark] = {
    "words": words,
    "number": number,
    "fields": fields,
    "expression": expression,
    "query": query,
}


def _bare(answer: str) -> str:
    """Without thoughts, and without a fence around it."""
    text = _THOUGHTS.sub("", answer[:_MOST]).strip()
    fenced = _FENCED.findall(text)
    return (fenced[-1] if fenced else text).strip().strip("`").strip()


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" \t\"'`*.").split())


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return _plain(found) == _plain(wanted)
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)

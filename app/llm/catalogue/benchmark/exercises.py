"""The exercises that models are put to, as data."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from app.kit import json
from app.kit.frozen import frozen
from app.llm.catalogue.benchmark.marking import MARKS
from app.llm.messages import Task


@frozen
class Exercise:
    """`check` names the way of marking, `solution` is what that goes by."""

    prompt: str
    check: str
    solution: Mapping[str, Any]

    def mark(self, answer: str) -> float:
        """0 to 1, the same for the same answer; what can't be understood is 0."""
        return MARKS[self.check](answer, self.solution)


@cache
def exercises() -> Mapping[Task, tuple[Exercise, ...]]:
    """By the kind of task they stand for, from `exercises.json`; queries share its tables."""
    found = json.loads(files(__package__).joinpath("exercises.json").read_text("utf-8"))
    tables = found.pop("tables")
    return {
        Task(task): tuple(
            Exercise("\n".join(row["prompt"]), row["check"], {**row["solution"], "tables": tables})
            for row in rows
        )
        for task, rows in found.items()
    }

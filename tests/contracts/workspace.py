"""What the files around the code name: the Dockerfile's instructions, YAML, glob patterns."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # schemathesis brings it, and nobody brings its types

from app.commands.parser import cli

ROOT = Path(__file__).parent.parent.parent
COMMANDS = {
    command.callback.__name__.replace("_", "-")
    for command in cli.registered_commands
    if command.callback
}
"""Of `python -m app`."""

_SKIPPED = {".git", ".venv", "data", "node_modules", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Instruction:
    name: str
    text: str

    @property
    def command(self) -> list[str]:
        """In the exec form, the only one that hears signals."""
        parsed: list[str] = json.loads(self.text[self.text.index("[") :])
        return parsed


def instructions(dockerfile: Path) -> list[Instruction]:
    lines = [line for line in dockerfile.read_text("utf-8").splitlines() if line[:1] != "#"]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parts = (line.partition(" ") for line in joined.splitlines() if line.strip())
    return [Instruction(name, text.strip()) for name, _, text in parts]


def stages(dockerfile: Path) -> list[list[Instruction]]:
    """What follows each FROM, which is the first of its list."""
    found: list[list[Instruction]] = []
    for instruction in instructions(dockerfile):
        if instruction.name == "FROM":
            found.append([])
        if found:
            found[-1].append(instruction)
    return found


def load(path: str) -> dict[Any, Any]:
    """A YAML file of the repository."""
    loaded: dict[Any, Any] = yaml.safe_load((ROOT / path).read_text("utf-8"))
    return loaded


def targets() -> set[str]:
    """What make can be asked for."""
    text = (ROOT / "Makefile").read_text("utf-8")
    for name, value in re.findall(r"^(\w+) := (.+)$", text, re.MULTILINE)[::-1]:
        text = text.replace(f"$({name})", value)
    return set(re.findall(r"^([\w/.-]+):(?!=)", text, re.MULTILINE))


@cache
def files() -> tuple[str, ...]:
    """Every file of the repository, relative to it."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in _SKIPPED:
                yield from _walk(path)
        else:
            yield path.relative_to(ROOT).as_posix()


def pattern(glob: str) -> re.Pattern[str]:
    """A glob as CodeRabbit takes it: `**`, `*` and `{a,b}`."""
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "{": "(?:", ",": "|", "}": ")"}
    parts = re.split(r"(\*\*/|\*\*|\*|[{},])", glob)
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))


def rules_for(path: str) -> list[str]:
    """The instructions that a review of this file gets."""
    rules = load(".coderabbit.yaml")["reviews"]["path_instructions"]
    return [rule["instructions"] for rule in rules if pattern(rule["path"]).fullmatch(path)]


if __name__ == "__main__":
    import sys

    print("\n".join(rules_for(sys.argv[1])))  # noqa: T201  # it is a command

"""The rules about who uses what that import-linter can't express, checked on the syntax tree."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPOSITION = {"__main__", "commands", "main", "lifespan", "routes", "tables"}
READS_SETTINGS = {"commands", "main", "lifespan", "settings"}
WEB_FRAMEWORK = {"fastapi", "starlette"}
QUERIES = {"select", "insert", "update", "delete", "text", "exists", "union", "union_all"}
SHARED = {"kit"}  # a shelf of small modules, no slice


@dataclass(frozen=True)
class Module:
    name: str
    tree: ast.Module

    @property
    def slice(self) -> str:
        """`negotiation` of `app.negotiation.agents.seat`; of a top-level module its own name."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def file(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Crossing:
    """Where a rule was crossed, which one, and what to do instead."""

    module: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.rule}. {self.advice}."


Rule = Callable[[Module, frozenset[str]], Iterator[Crossing]]


def load(folder: Path) -> list[Module]:
    """Every module below `folder`, the package `app`."""
    return [
        Module(_dotted(path.relative_to(folder.parent)), ast.parse(path.read_text("utf-8")))
        for path in sorted(folder.rglob("*.py"))
    ]


def crossings(modules: list[Module]) -> list[Crossing]:
    exported = {name for module in modules for name in _exported(module)}
    known = frozenset(module.name for module in modules) - exported
    return [found for module in modules for rule in RULES for found in rule(module, known)]


def web_framework(module: Module, _known: frozenset[str]) -> Iterator[Crossing]:
    at_the_edge = (
        module.slice in COMPOSITION
        or module.slice in {"web", "console", "compat"}
        or module.file in {"endpoints", "dependencies"}
    )
    for line, target in _imports(module):
        if target.partition(".")[0] in WEB_FRAMEWORK and not at_the_edge:
            yield Crossing(
                module.name,
                line,
                f"'{target}' belongs to endpoints.py, dependencies.py, web/ and the top row",
                "Hand the service plain values and let the endpoint know about HTTP",
            )


def queries(module: Module, _known: frozenset[str]) -> Iterator[Crossing]:
    if module.file == "repository" or module.slice == "db":
        return
    allowed = {"text"} if module.file == "models" else set()
    for line, target in _imports(module):
        package, _, name = target.rpartition(".")
        if package.partition(".")[0] == "sqlalchemy" and name in QUERIES - allowed:
            yield Crossing(
                module.name,
                line,
                f"'{target}' makes queries, which appear in repository.py",
                "Add a method to the slice's repository and call that",
            )


def commits(module: Module, _known: frozenset[str]) -> Iterator[Crossing]:
    if module.slice == "db":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield Crossing(
                module.name,
                node.lineno,
                "commits appear in db/",
                "Open a unit of work; it commits when its block ends",
            )


def package_roots(module: Module, known: frozenset[str]) -> Iterator[Crossing]:
    for line, target in _imports(module):
        parts = _module_of(target, known).split(".")
        if parts[0] != "app" or len(parts) < 3 or parts[1] in {module.slice, *SHARED}:
            continue
        if (module.name, parts[-1]) in {("app.routes", "endpoints"), ("app.tables", "models")}:
            continue
        yield Crossing(
            module.name,
            line,
            f"'{'.'.join(parts)}' is the inside of another slice",
            f"Import from app.{parts[1]}, and list the name there if others may use it "
            "(only routes.py reaches endpoints, only tables.py models)",
        )


def settings(module: Module, known: frozenset[str]) -> Iterator[Crossing]:
    if module.slice in READS_SETTINGS:
        return
    for line, target in _imports(module):
        if _is_settings(_module_of(target, known)):
            yield Crossing(
                module.name,
                line,
                "settings are read by main.py and lifespan/",
                "Take the values you need as arguments",
            )


RULES: tuple[Rule, ...] = (web_framework, queries, commits, package_roots, settings)


def _imports(module: Module) -> Iterator[tuple[int, str]]:
    """Every imported thing as `package.module.name`, wherever in the file it stands."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _exported(module: Module) -> Iterator[str]:
    """What a package lists in `__all__`; a name there may be a module's name, too."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            yield from (f"{module.name}.{name}" for name in ast.literal_eval(node.value))


def _module_of(target: str, known: frozenset[str]) -> str:
    """The module that `target` is or stands in."""
    return target if target in known else target.rpartition(".")[0]


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _is_settings(name: str | None) -> bool:
    return name is not None and (name == "app.settings" or name.startswith("app.settings."))

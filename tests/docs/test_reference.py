"""The reference says what the code says: nothing missing, nothing made up."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import app
from app.chat.events import NoticeCode
from app.chat.generations.stream_schemas import ANSWER_EVENT
from app.commands.parser import cli
from app.errors import AppError
from app.llm import PROVIDERS, LLMError, NoAccount
from app.llm import Task as ModelTask
from app.negotiation import schemas
from app.negotiation.agents.narrated import WORDS_REPLACED
from app.negotiation.runs.play import TURN_PASSED
from app.negotiation.stream_schemas import STREAM_EVENT
from app.settings import all_variables
from tests.docs.pages import DOCS, ROOT, Page

REFERENCE = DOCS / "reference"
ROUTER_CODES = {("404", "NOT_FOUND"), ("405", "METHOD_NOT_ALLOWED")}


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in `text`, without heads: a row starts with code or a number."""
    lines = [line for line in text.splitlines() if re.match(r"\| [`\d]", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def sections(text: str, level: str = "## ") -> dict[str, str]:
    parts = re.split(rf"^{level}", text, flags=re.MULTILINE)[1:]
    return {head: body for head, _, body in (part.partition("\n") for part in parts)}


class TestSettings:
    shown = rows(Page(REFERENCE / "settings.md").text)

    def test_every_variable_with_its_default_in_order(self) -> None:
        expected = [
            (f"`{v.name}`", f"`{v.default}`" if v.default else "empty") for v in all_variables()
        ]
        assert [(name, default) for name, default, _ in self.shown] == expected

    def test_every_one_has_a_meaning(self) -> None:
        assert all(meaning.strip(" |") for *_, meaning in self.shown)

    def test_the_usual_addresses_are_those_of_the_registry(self) -> None:
        meanings = {name: meaning for name, _, meaning in self.shown}
        for row in PROVIDERS.values():
            assert f"`{row.base_url}`" in meanings[f"`{row.url_variable}`"]

    def test_every_task_has_its_chain(self) -> None:
        names = {name for name, *_ in self.shown}
        assert {f"`LLM_CHAIN_{task.upper()}`" for task in ModelTask.of_models()} <= names


class TestEvents:
    shown = sections(Page(REFERENCE / "events.md").text)
    schema = STREAM_EVENT.json_schema(mode="serialization")
    mapping: dict[str, str] = schema["discriminator"]["mapping"]

    def test_every_event_has_a_section(self) -> None:
        assert sorted(self.shown) == sorted(self.mapping)

    @pytest.mark.parametrize("name", mapping)
    def test_a_section_has_every_field_with_its_type(self, name: str) -> None:
        fields = self.schema["$defs"][self.mapping[name].rpartition("/")[2]]["properties"]
        expected = {f"`{field}`": kind_of(schema) for field, schema in fields.items()}
        assert {cells[0]: cells[1] for cells in rows(self.shown[name])} == expected


class TestAnswerEvents:
    shown = sections(Page(REFERENCE / "answer-events.md").text)
    schema = ANSWER_EVENT.json_schema(mode="serialization")
    mapping: dict[str, str] = schema["discriminator"]["mapping"]

    def test_every_event_has_a_section(self) -> None:
        assert sorted(name for name in self.shown if name.islower()) == sorted(self.mapping)

    @pytest.mark.parametrize("name", mapping)
    def test_a_section_has_every_field_with_its_type(self, name: str) -> None:
        fields = self._named(self.mapping[name])["properties"]
        expected = {f"`{field}`": kind_of(self._plain(told)) for field, told in fields.items()}
        assert {cells[0]: cells[1] for cells in rows(self.shown[name])} == expected

    def test_every_code_of_a_notice(self) -> None:
        assert [cells[0].strip("`") for cells in rows(self.shown["Notices"])] == [*NoticeCode]

    def _plain(self, field: dict[str, str]) -> dict[str, object]:
        """A list of names is a string in the words of the page."""
        return self._named(field["$ref"]) if "$ref" in field else {**field}

    def _named(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = self.schema["$defs"][reference.rpartition("/")[2]]
        return found


def kind_of(schema: dict[str, object]) -> str:
    """A JSON Schema's type in the words of the page."""
    match schema:
        case {"anyOf": [dict() as first, {"type": "null"}]}:
            return f"{kind_of(first)} or null"
        case {"format": "uuid"}:
            return "id"
        case {"type": "array", "items": dict() as items}:
            return f"list of {kind_of(items)}s"
        case {"title": "Timestamp"}:
            return "time"
        case {"$ref": _}:
            return "object"
        case _:
            return str(schema["type"])


class TestErrors:
    shown = sections(Page(REFERENCE / "errors.md").text)

    def test_every_code_with_its_status(self) -> None:
        expected = {(str(error.status), error.code) for error in leaves(AppError)} | ROUTER_CODES
        answers = rows(self.shown["In an answer"])
        assert {(status, code.strip("`")) for status, code, _ in answers} == expected

    def test_every_code_of_a_stream(self) -> None:
        from_models = {error.code for error in leaves(LLMError)} - {NoAccount.code}
        expected = from_models | {"INTERNAL_ERROR", TURN_PASSED, WORDS_REPLACED}
        assert {cells[0].strip("`") for cells in rows(self.shown["In a stream"])} == expected


def leaves(error: type[AppError]) -> Iterator[type[AppError]]:
    """The errors that are raised, and not only caught: those that nothing in `app` derives from."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ours = [kind for kind in error.__subclasses__() if kind.__module__.startswith("app.")]
    if not ours:
        yield error
    for kind in ours:
        yield from leaves(kind)


class TestCommands:
    page = Page(REFERENCE / "commands.md").text

    def test_every_command_of_the_service(self) -> None:
        names = [
            command.callback.__name__ for command in cli.registered_commands if command.callback
        ]
        assert sorted(sections(self.page, "### ")) == sorted(n.replace("_", "-") for n in names)

    def test_every_command_of_make(self) -> None:
        makefile = (ROOT / "Makefile").read_text("utf-8")
        phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
        assert phony is not None
        shown = {cells[0].removeprefix("`make ").strip("`") for cells in rows(self.page)}
        assert shown == set(phony[1].split())


class TestOptionalFields:
    table = sections(Page(DOCS / "how-to" / "run-a-negotiation.md").text)["Optional fields"]

    def test_every_field_with_a_default_is_listed(self) -> None:
        assert {cells[0].strip("`") for cells in rows(self.table)} == set(
            optional(schemas.InitializeRequest)
        )


def optional(model: type[BaseModel], path: str = "") -> Iterator[str]:
    inner: dict[str, type[BaseModel]] = {
        "agents": schemas.AgentsIn,
        "buyer": schemas.BuyerIn,
        "sellers": schemas.SellerIn,
        "llm_config": schemas.LLMConfigIn,
    }
    for name, field in model.model_fields.items():
        if not path and name in inner:
            yield from optional(inner[name], f"{name}{'[]' if name == 'sellers' else ''}.")
        elif not field.is_required():
            yield f"{path}{name}"

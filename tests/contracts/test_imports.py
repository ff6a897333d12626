"""Nobody in `app` crosses the rules of the architecture, and whoever did would be told so."""

import ast
from pathlib import Path

import pytest

from tests.contracts.import_rules import Module, crossings, load

APP = Path(__file__).parent.parent.parent / "app"

PLANTED = [
    ("app.chat.service", "from fastapi import HTTPException", "belongs to endpoints.py"),
    ("app.chat.service", "import starlette.responses", "belongs to endpoints.py"),
    ("app.chat.service", "from sqlalchemy import select", "appear in repository.py"),
    ("app.chat.endpoints", "from sqlalchemy.dialects.postgresql import insert", "repository.py"),
    ("app.chat.models", "from sqlalchemy import select", "appear in repository.py"),
    ("app.chat.repository", "async def add(s):\n    await s.commit()", "commits appear in db/"),
    ("app.chat.service", "from app.llm.client import ModelClient", "inside of another slice"),
    ("app.chat.service", "from app.llm import client", "inside of another slice"),
    ("app.chat.service", "import app.llm.client", "inside of another slice"),
    ("app.main", "from app.llm.client import ModelClient", "inside of another slice"),
    ("app.main", "from app.chat.endpoints import router", "inside of another slice"),
    ("app.routes", "from app.chat.models import Conversation", "inside of another slice"),
    ("app.chat.service", "from app.settings import Settings", "read by main.py and lifespan/"),
    ("app.chat", "def f():\n    from app.settings import Settings", "read by main.py"),
    ("app.routes", "from app import settings", "read by main.py and lifespan/"),
]

FINE = [
    ("app.chat.endpoints", "from fastapi import Query"),
    ("app.web.errors", "from starlette.requests import Request"),
    ("app.lifespan.state", "from fastapi import FastAPI"),
    ("app.lifespan.options", "from app.settings import Settings"),
    ("app.chat.repository", "from sqlalchemy import select, text"),
    ("app.chat.models", "from sqlalchemy import Text, text"),
    ("app.chat.service", "from sqlalchemy.exc import IntegrityError"),
    ("app.db.unit_of_work", "async def end(s):\n    await s.commit()"),
    ("app.chat.service", "from app.llm import ModelClient"),
    ("app.chat.service", "from app.chat.memory import recall"),
    ("app.chat.service", "from app.kit.money import CENT"),
    ("app.lifespan", "from app.db import migrate"),
    ("app.routes", "from app.chat.endpoints import router"),
    ("app.tables", "from app.chat import models"),
    ("app.main", "from app.settings import Settings"),
]

NEIGHBOURS = [
    Module(name, ast.parse(source))
    for name, source in {
        "app": "",
        "app.settings": "",
        "app.chat.models": "",
        "app.db": "__all__ = ['migrate']",
        "app.db.migrate": "",
        "app.llm": "",
        "app.llm.client": "",
    }.items()
]


def test_no_rule_is_crossed() -> None:
    found = crossings(load(APP))

    assert not found, "\n" + "\n".join(map(str, found))


def test_every_module_was_looked_at() -> None:
    assert {module.name for module in load(APP)} >= {"app", "app.settings", "app.kit.json"}


@pytest.mark.parametrize(("name", "source", "told"), PLANTED)
def test_a_planted_crossing_is_found(name: str, source: str, told: str) -> None:
    (found,) = crossings([*NEIGHBOURS, Module(name, ast.parse(source))])

    assert found.module == name
    assert told in str(found)


@pytest.mark.parametrize(("name", "source"), FINE)
def test_what_is_allowed_is_let_through(name: str, source: str) -> None:
    assert not crossings([*NEIGHBOURS, Module(name, ast.parse(source))])

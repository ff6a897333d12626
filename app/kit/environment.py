"""Typed values from environment variables and `.env`, with every wrong one told at once.

A group is read as a whole. What is wrong in it is kept until all groups were read, so that
whoever starts the service sees one list and not the first item of it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, cast

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.kit.frozen import frozen

_SHOWN = 100


class Group(BaseSettings):
    """Settings that are used together. A variable's name is the prefix and the field's name."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
        validate_default=True,
    )


GroupT = TypeVar("GroupT", bound=Group)


@frozen
class Variable:
    """`default` as it is written in `.env`, empty when there is none; `example` one that works."""

    name: str
    meaning: str
    default: str
    example: str
    secret: bool


@frozen
class Fault:
    """A variable that can't be used; `value` as it may be shown, `example` one that works, for the
    variable `instead` where this one can't hold any."""

    variable: str
    issue: str
    value: str = ""
    example: str = ""
    instead: str = ""

    def __str__(self) -> str:
        told = f"{self.variable}={self.value}" if self.value else self.variable
        advice = f"; try {self.instead or self.variable}={self.example}" if self.example else ""
        return f"{told} {self.issue}{advice}"


class SettingsInvalid(Exception):
    """Some settings can't be used; the message names each of them and holds no secret."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        wrong = len({fault.variable for fault in faults})  # a list may have several faults
        count = "1 setting is" if wrong == 1 else f"{wrong} settings are"
        super().__init__("\n  ".join([f"{count} wrong:", *map(str, faults)]))
        self.faults = faults


class Environment:
    """Reads groups from the environment over `env_file`, and remembers the faults it met.

    Raises `SettingsInvalid` at once when the file is there and can't be read.
    """

    def __init__(self, env_file: Path | None) -> None:
        self._env_file = _readable(env_file)
        self.faults: list[Fault] = []

    def read(self, group: type[GroupT], prefix: str | None = None) -> GroupT:
        """The group, or its defaults with a fault noted: call `check` before using any."""
        try:
            return group(_env_file=self._env_file, _env_prefix=prefix)
        except ValidationError as error:
            known = dict(zip(group.model_fields, variables(group, prefix), strict=True))
            known.update({variable.name: variable for variable in known.values()})
            self.faults += [_fault(details, known) for details in error.errors()]
            return cast("GroupT", group.model_construct())

    def values(self) -> dict[str, str]:
        """Every variable that is set to something, its name in capitals, as it was written."""
        values = {**(dotenv_values(self._env_file) if self._env_file else {}), **os.environ}
        return {name.upper(): value for name, value in values.items() if value}

    def check(self) -> None:
        """Raises `SettingsInvalid` when anything was wrong."""
        if self.faults:
            raise SettingsInvalid(tuple(self.faults))


def variables(group: type[Group], prefix: str | None = None) -> Iterator[Variable]:
    """What a group reads, in the order of its fields."""
    start = group.model_config.get("env_prefix", "") if prefix is None else prefix
    for name, field in group.model_fields.items():
        alias = field.validation_alias
        default = _text(field.default)
        yield Variable(
            name=alias if isinstance(alias, str) else f"{start}{name}".upper(),
            meaning=field.description or "",
            default=default,
            example=_text(field.examples[0]) if field.examples else default,
            secret="SecretStr" in str(field.annotation),
        )


def _readable(env_file: Path | None) -> Path | None:
    if env_file is None or not env_file.is_file():
        return None
    try:
        env_file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid((Fault(str(env_file), f"can't be read: {error}"),)) from None
    return env_file


def _fault(details: ErrorDetails, known: dict[str, Variable]) -> Fault:
    context = details.get("ctx", {})
    variable = known[str((*details["loc"], *context.get("at", ()))[0])]
    return Fault(
        variable.name,
        issue=details["msg"].removeprefix("Value error, ").removeprefix("Input "),
        value=_shown(details["input"], variable) if details["loc"] else "",
        example=context.get("example", variable.example),
    )


def _shown(value: object, variable: Variable) -> str:
    return "***" if variable.secret else shown(value)


def shown(value: object) -> str:
    """A value that is no secret, as it may be told: in one short line, without a password."""
    without_password = re.sub(r"//[^/@]*@", "//***@", str(value))
    return ascii(without_password[:_SHOWN])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)

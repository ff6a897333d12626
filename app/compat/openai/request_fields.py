"""Reads single fields of a request body: each function returns the value, or says what is wrong
with it. By hand, since a model class would cost as much as the whole call to a model's vendor."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

from app.errors import FieldIssue, InvalidInput
from app.web import quoted

Body = dict[str, Any]
E = TypeVar("E", bound=StrEnum)

_LONGEST_NAME = 256


class FieldInvalid(InvalidInput):
    """A field of the body is missing or holds something unusable."""

    def __init__(self, field: str, issue: str) -> None:
        super().__init__(f"{field} {issue}", details=(FieldIssue(field, issue),))


def wrong(field: str, value: object, should: str) -> FieldInvalid:
    """`should` says what it should be, with an example."""
    return FieldInvalid(field, f"should be {should}, got {quoted(value)}")


def flag(body: Body, name: str) -> bool | None:
    value = body.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise wrong(name, value, "true or false")


def whole_number(body: Body, name: str, most: int | None = None) -> int | None:
    """From 1 on. `8.0` is none: vendors differ in whether they take it for 8."""
    value = body.get(name)
    if value is None or (type(value) is int and 1 <= value <= (most or value)):
        return value
    should = "of 1 or more, as in 500" if most is None else f"from 1 to {most}, as in 2"
    raise wrong(name, value, f"a whole number {should}")


def number(body: Body, name: str, most: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        return float(value)
    raise wrong(name, value, f"a number from 0 to {most:g}, as in 0.7")


def name_in(body: Body, name: str, example: str) -> str | None:
    """A short text without control characters: it goes to the ledger."""
    value = body.get(name)
    return None if value is None else short(name, value, example)


def short(field: str, value: object, example: str) -> str:
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable():
        return value
    raise wrong(
        field, value, f"a name of up to {_LONGEST_NAME} printable characters, as in {example}"
    )


def names(body: Body, name: str, example: str, most: int) -> tuple[str, ...]:
    value = body.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not 0 < len(value) <= most:
        raise wrong(name, value, f'a list of 1 to {most} names, as in ["{example}"]')
    return tuple(short(f"{name}.{i}", item, example) for i, item in enumerate(value))


def word(body: Body, name: str, kind: type[E]) -> E | None:
    if body.get(name) is None:
        return None
    return kind(word_of(body, name, tuple(kind)) or "")


def word_of(body: Body, name: str, known: tuple[str, ...]) -> str | None:
    value = body.get(name)
    if value is None or (isinstance(value, str) and value in known):
        return value
    raise wrong(name, value, f"one of {', '.join(known)}")


def text_or_texts(field: str, value: object, most: int) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and len(value) <= most and _all_text(value):
        return tuple(value)
    raise wrong(field, value, f"a text, or a list of up to {most} texts")


def objects(field: str, value: object) -> Sequence[Body]:
    """A list of objects; empty where there is none."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(field, value, "a list of objects")
    for position, item in enumerate(value):
        if not isinstance(item, dict):
            raise wrong(f"{field}.{position}", item, "an object")
    return value


def text(field: str, value: object, example: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise FieldInvalid(field, f"is required, as in {example}")
    raise wrong(field, value, f"a text, as in {example}")


def inner(field: str, value: object, example: str) -> Body:
    if isinstance(value, dict):
        return value
    if value is None:
        raise FieldInvalid(field, f"is required, as in {example}")
    raise wrong(field, value, f"an object, as in {example}")


def _all_text(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)

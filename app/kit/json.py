"""JSON in and out, through orjson, with money as numbers and time with `Z`."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from app.kit.clock import iso_z
from app.kit.money import number


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return iso_z(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: object) -> bytes:
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)


def canonical(value: object) -> bytes:
    """The same bytes for equal values, whatever the order of their keys; amounts in full, as text.

    For hashing; takes dataclasses and enums too. Raises `TypeError` on what has no JSON form.
    """
    return orjson.dumps(value, default=_in_full, option=orjson.OPT_SORT_KEYS)


def _in_full(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def loads(data: bytes | str) -> Any:
    """Raises `ValueError` on anything that isn't JSON, NaN and lone surrogates included."""
    return orjson.loads(data)

"""Reads the JSON body of a request on the OpenAI wire."""

from typing import Any

import orjson
from starlette.types import Receive

from app.compat.openai.request_fields import Body, FieldInvalid, wrong
from app.kit import json
from app.web import body_of

_HARMLESS = 100


async def json_object(receive: Receive) -> Body:
    """Raises `FieldInvalid` when the body isn't a JSON object that can be passed on."""
    raw = await body_of(receive)
    try:
        value: Any = json.loads(raw)
    except ValueError as error:
        raise FieldInvalid("body", f"should be JSON: {error}") from None
    if not isinstance(value, dict):
        raise wrong("body", value, 'an object, as in {"model": "auto", "messages": […]}')
    if raw.count(b"[") + raw.count(b"{") > _HARMLESS:
        _check_depth(value)
    return value


def _check_depth(value: Body) -> None:
    """What can be read isn't always shallow enough to be written again."""
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise FieldInvalid("body", "is nested too deeply") from error

"""What makes two requests the same."""

from collections.abc import Mapping
from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

from app.kit import json
from app.llm.messages import ModelRequest

_VERSION = 1
"""Part of every key; a new one leaves behind what older code has recorded."""

_APART = frozenset({"context", "wishes", "body", "elastic"})


def cache_key(request: ModelRequest) -> str:
    """SHA-256, in hex, of all that an answer can depend on: the tenant, the task and the models
    asked for, every message, every parameter, and whatever else the caller's body holds.

    Left out are the run and the API key, the wish to use the cache, whether usage is to be told in
    the stream, and how the messages would be shortened for a model that takes less. A streamed
    answer and one in a single piece are different recordings of the wire, and so have different
    keys where the caller brought a body; without one they are the same.

    Raises `TypeError` when the request has no JSON form.
    """
    asked = {f.name: getattr(request, f.name) for f in fields(request) if f.name not in _APART}
    parts = {
        "version": _VERSION,
        "tenant": request.context.tenant_id,
        "asked": asked,
        "wishes": replace(request.wishes, cache=None),
        "streamed": request.streamed,
        "body": None if request.body is None else _body(request.body),
    }
    return sha256(json.canonical(parts)).hexdigest()


def _body(body: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in body.items() if name != "stream"}
    options = rest.pop("stream_options", None)
    if isinstance(options, dict):
        options = {name: value for name, value in options.items() if name != "include_usage"}
    return rest | {"stream_options": options} if options else rest

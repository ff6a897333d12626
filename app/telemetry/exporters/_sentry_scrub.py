"""The last look at what leaves for Sentry: what isn't on the list stays here.

Whatever the SDK may add one day (headers, query strings, cookies, bodies, users, breadcrumbs,
variables, names of machines) has no place on it.
"""

from collections.abc import Mapping
from typing import Any

from app.telemetry.secrets import masked

_TOP = {
    "contexts",
    "environment",
    "event_id",
    "exception",
    "fingerprint",
    "level",
    "logentry",
    "logger",
    "platform",
    "release",
    "sdk",
    "spans",
    "start_timestamp",
    "tags",
    "timestamp",
    "transaction",
    "transaction_info",
    "type",
}
_CONTEXTS = {"trace", "parley"}
_FRAME = {"filename", "function", "module", "lineno", "in_app"}
_EXCEPTION = {"type", "module", "value", "mechanism"}
_MECHANISM = {"type", "handled", "exception_id", "parent_id", "is_exception_group"}


def scrubbed(event: Mapping[str, Any], _hint: object = None) -> dict[str, Any]:
    """A copy with only what may leave; secrets are masked in what is left, too."""
    kept = _only(event, _TOP)
    if "contexts" in kept:
        kept["contexts"] = _only(kept["contexts"], _CONTEXTS)
    if "exception" in kept:
        kept["exception"] = {"values": [_exception(value) for value in _values(event)]}
    found: dict[str, Any] = masked(kept)
    return found


def _values(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((event["exception"] or {}).get("values") or ())


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = _only(value, _EXCEPTION)
    kept["mechanism"] = _only(value.get("mechanism") or {}, _MECHANISM)
    frames = (value.get("stacktrace") or {}).get("frames") or ()
    return {**kept, "stacktrace": {"frames": [_frame(frame) for frame in frames]}}


def _frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Of a file that isn't in a package only its name: its path tells of the machine."""
    kept = _only(frame, _FRAME)
    name = str(kept.get("filename") or "")
    return {**kept, "filename": name.rpartition("/")[2] if name.startswith("/") else name}


def _only(given: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in names}

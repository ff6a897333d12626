"""The one error family: what went wrong, whose fault it is and how loudly to say so.

    AppError
    ├── InvalidInput        400  the caller sent something unusable
    ├── NotFound            404  nothing lives under that id
    ├── Conflict            409  true, but not now
    └── Unavailable         503  something this service needs is away

Slices declare their own errors beside their service, as subclasses of these. The web layer
renders every one of them in one place; anything else that escapes is a bug and becomes a 500.
"""

import logging
from typing import ClassVar

from app.kit.frozen import frozen


@frozen
class FieldIssue:
    """One bad field: `field` is its path in the request (`sellers.0.name`)."""

    field: str
    issue: str


class AppError(Exception):
    """An error with a meaning for whoever called: code, status and policy sit on the class."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    level: ClassVar[int] = logging.ERROR

    def __init__(self, message: str, *, details: tuple[FieldIssue, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInput(AppError):
    code = "VALIDATION_ERROR"
    status = 400
    level = logging.INFO


class NotFound(AppError):
    code = "NOT_FOUND"
    status = 404
    level = logging.INFO


class Conflict(AppError):
    code = "CONFLICT"
    status = 409
    level = logging.INFO


class Unavailable(AppError):
    code = "SERVICE_UNAVAILABLE"
    status = 503
    retryable = True
    level = logging.WARNING

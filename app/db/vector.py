"""pgvector's column type: a list of numbers, of whatever length its maker gives it."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.types import UserDefinedType


class Vector(UserDefinedType[tuple[float, ...]]):
    """Written and read in pgvector's text form, `[0.1,0.2]`, which needs no package."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "vector"

    def bind_processor(self, dialect: Any) -> Callable[[Any], str | None]:  # noqa: ARG002  # of the interface
        return written

    def result_processor(
        self,
        dialect: Any,  # noqa: ARG002  # of the interface
        coltype: object,  # noqa: ARG002  # the same
    ) -> Callable[[str | None], tuple[float, ...] | None]:
        return _read


PGDialect.ischema_names["vector"] = Vector


def written(numbers: Sequence[float] | None) -> str | None:
    """For a parameter that a statement casts: `CAST(:near AS vector)`."""
    return None if numbers is None else f"[{','.join(map(repr, map(float, numbers)))}]"


def _read(text: str | None) -> tuple[float, ...] | None:
    return None if text is None else tuple(map(float, text.strip("[]").split(",")))

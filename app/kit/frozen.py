"""Values that are made by the dozen for every call."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots, whose freezing is left to the type checker: enforced as the
    program runs, it makes such a value three times as dear to make."""
    return dataclass(slots=True, unsafe_hash=True)(cls)

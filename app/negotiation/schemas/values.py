"""What requests and answers of the market are made of."""

from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from app.kit.money import MAX_AMOUNT, number, to_micro

MAX_SELLERS = 10


def _no_lookalikes(value: object) -> object:
    """JSON numbers only: `"12"` and `true` are not what a client meant."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("should be a number, such as 12.5")  # noqa: TRY004  # pydantic's way
    return value


JSON_NUMBER = BeforeValidator(_no_lookalikes)
"""Stands behind a type's limits: in front of them, it would hide them from the API description."""

Money = Annotated[Decimal, PlainSerializer(number, return_type=float)]
"""USD, a JSON number."""

Amount = Annotated[
    Decimal,
    Field(ge=0, le=MAX_AMOUNT, allow_inf_nan=False),
    AfterValidator(to_micro),
    JSON_NUMBER,
    PlainSerializer(number, return_type=float),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": number(MAX_AMOUNT)}),
]
"""USD per unit, from 0 to a billion, kept to a millionth."""
Count = Annotated[int, Field(ge=1, le=1_000_000_000), JSON_NUMBER]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
ItemName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
VoiceID = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{10,40}$")]

"""A fault between fields, told of the one to change."""

from pydantic_core import PydanticCustomError


def contradiction(*at: str | int, issue: str, example: object) -> PydanticCustomError:
    """To raise in a validator of a model: its field at `at`, as in `("sellers", 1, "name")`, is the
    one to change, to `example`, where there is one. `issue` tells the values that don't go
    together."""
    return PydanticCustomError(
        "contradiction", "{issue}", {"at": at, "issue": issue, "example": example}
    )

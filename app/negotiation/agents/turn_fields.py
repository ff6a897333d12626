"""The fields of a model's turn, read liberally where the meaning is certain and only there.

"$950.00" is a price and "buy" is an acceptance; anything that could be read in two ways is refused.
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from app.kit.money import MAX_AMOUNT, to_micro
from app.negotiation.agents.seat import BuyerAction

_MAX_UNITS = 1_000_000_000
_LONGEST = 60

_PRICE = re.compile(
    r"(?:(?:US)?\$|USD)?\s*([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"\s*(?:\$|USD|dollars?)?(?:\s*(?:each|per unit))?",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\s*(?:units?|pieces?|pcs))?", re.IGNORECASE
)
_NOTHING = frozenset({"", "none", "null", "n/a"})

_ACTIONS = {
    **dict.fromkeys(
        (
            "continue",
            "counter",
            "counter_offer",
            "counteroffer",
            "negotiate",
            "bargain",
            "reject",
            "reject_offer",
        ),
        BuyerAction.CONTINUE,
    ),
    **dict.fromkeys(
        ("accept", "accept_offer", "buy", "purchase"),
        BuyerAction.ACCEPT,
    ),
    **dict.fromkeys(
        ("walk_away", "walkaway", "walk", "leave", "quit", "no_deal"),
        BuyerAction.WALK_AWAY,
    ),
}


def _written(form: re.Pattern[str], value: object) -> object:
    """The digits of a number that was written as text; any other text is none."""
    if isinstance(value, bool):
        raise ValueError("no number")  # noqa: TRY004  # pydantic's way
    if not isinstance(value, str):
        return value
    number = form.fullmatch(value.strip()) if len(value) <= _LONGEST else None
    if number is None:
        raise ValueError("no number")
    return number[1].replace(",", "")


def _price(value: object) -> object:
    return _written(_PRICE, value)


def _units(value: object) -> object:
    return _written(_UNITS, value)


def _text(value: object) -> object:
    return "" if value is None else value


def _offer(value: object) -> object:
    """Models that may not leave a field out fill it with nothings."""
    if isinstance(value, str) and value.strip().lower() in _NOTHING:
        return None
    if isinstance(value, dict) and value and all(part is None for part in value.values()):
        return None
    return value


def _action(value: object) -> object:
    if isinstance(value, str):
        return _ACTIONS.get(re.sub(r"[\s-]+", "_", value.strip().lower()), value)
    return value


class _Terms(BaseModel):
    price: Annotated[
        Decimal,
        BeforeValidator(_price),
        Field(allow_inf_nan=False, le=MAX_AMOUNT),
        AfterValidator(to_micro),
        Field(gt=0),
    ]
    quantity: Annotated[int, BeforeValidator(_units), Field(ge=1, le=_MAX_UNITS)]


class SellerAnswer(BaseModel):
    message: Annotated[str, BeforeValidator(_text)]
    offer: Annotated[_Terms | None, BeforeValidator(_offer)] = None


class BuyerAnswer(BaseModel):
    message: Annotated[str, BeforeValidator(_text)] = ""
    action: Annotated[BuyerAction, BeforeValidator(_action)]
    offer_id: object = None

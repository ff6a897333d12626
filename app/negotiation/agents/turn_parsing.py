"""From a model's answer to a turn: liberal where the meaning is certain, and never where it isn't.

"$950.00" is a price and "buy" is an acceptance; but nothing is read out of prose, an acceptance
names its offer by id even where there is only one, and a number is what it says or no number.
"""

import re
from decimal import Decimal
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from app.kit.money import MAX_AMOUNT, to_micro
from app.llm import Completion
from app.negotiation.agents.seat import BuyerAction, BuyerTurn, SellerTurn, Terms, TurnInvalid
from app.negotiation.agents.turn_schemas import BUYER_EXAMPLE, RULES, SELLER_EXAMPLE

_MAX_UNITS = 1_000_000_000
_SHOWN = 60
_FAULTS = 4

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
    number = form.fullmatch(value.strip()) if len(value) <= _SHOWN else None
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


class _SellerAnswer(BaseModel):
    message: Annotated[str, BeforeValidator(_text)]
    offer: Annotated[_Terms | None, BeforeValidator(_offer)] = None


class _BuyerAnswer(BaseModel):
    message: Annotated[str, BeforeValidator(_text)] = ""
    action: Annotated[BuyerAction, BeforeValidator(_action)]
    offer_id: object = None


_AnswerT = TypeVar("_AnswerT", bound=BaseModel)


def read_seller_turn(completion: Completion) -> SellerTurn:
    """Raises `TurnInvalid`, with what is wrong and an answer that would do."""
    answer = _read(_SellerAnswer, completion, example=SELLER_EXAMPLE)
    offer = Terms(answer.offer.price, answer.offer.quantity) if answer.offer else None
    return SellerTurn(answer.message, offer)


def read_buyer_turn(completion: Completion) -> BuyerTurn:
    """Raises `TurnInvalid`, with what is wrong and an answer that would do.

    With another action than `accept`, an offer id means nothing and is dropped.
    """
    answer = _read(_BuyerAnswer, completion, example=BUYER_EXAMPLE)
    if answer.action is not BuyerAction.ACCEPT:
        return BuyerTurn(answer.message, answer.action)
    return BuyerTurn(answer.message, answer.action, _offer_id(answer.offer_id, completion))


def said_by(completion: Completion) -> str:
    """The answer as it goes back to the model: in a tool call, that is what it said."""
    return completion.text.strip() or completion.output or ""


def _read(kind: type[_AnswerT], completion: Completion, *, example: str) -> _AnswerT:
    """What isn't quite JSON, a NaN in it say, is read as a whole or not at all, for its faults."""
    try:
        return kind.model_validate_json(completion.output or completion.text)
    except ValidationError as error:
        faults = error.errors(include_url=False)[:_FAULTS]
        reason = "; ".join(_told(fault, completion) for fault in faults)
        raise TurnInvalid(f"{reason}. For example: {example}", said=said_by(completion)) from error


def _told(fault: ErrorDetails, completion: Completion) -> str:
    if fault["type"] == "json_invalid" or not fault["loc"]:
        if completion.finish_reason == "length":
            return "the answer was cut off at its token limit before it was whole; be brief"
        return "the answer holds no JSON object that can be read"
    field = ".".join(map(str, fault["loc"]))
    if fault["type"] == "missing":
        return f"{field} is missing; it should be {RULES[field]}"
    return f"{field} is {_shown(fault['input'])}; it should be {RULES[field]}"


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _offer_id(value: object, completion: Completion) -> UUID:
    try:
        return UUID(str(value).strip(" \t\r\n\"'`<>[]()#"))
    except ValueError:
        reason = f"offer_id is {_shown(value)}; to accept, it should be {RULES['offer_id']}"
        raise TurnInvalid(reason, said=said_by(completion)) from None

"""From a model's answer to a turn, or to the reason why it is none.

Nothing is read out of prose, and an acceptance names its offer by id even where there is only one.
"""

from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.llm import Completion
from app.negotiation.agents.seat import BuyerAction, BuyerTurn, SellerTurn, Terms, TurnInvalid
from app.negotiation.agents.turn_fields import BuyerAnswer, SellerAnswer
from app.negotiation.agents.turn_schemas import BUYER_EXAMPLE, RULES, SELLER_EXAMPLE

_SHOWN = 60
_FAULTS = 4

_AnswerT = TypeVar("_AnswerT", bound=BaseModel)


def read_seller_turn(completion: Completion) -> SellerTurn:
    """Raises `TurnInvalid`, with what is wrong and an answer that would do."""
    answer = _read(SellerAnswer, completion, example=SELLER_EXAMPLE)
    offer = Terms(answer.offer.price, answer.offer.quantity) if answer.offer else None
    return SellerTurn(answer.message, offer)


def read_buyer_turn(completion: Completion) -> BuyerTurn:
    """Raises `TurnInvalid`, with what is wrong and an answer that would do.

    With another action than `accept`, an offer id means nothing and is dropped.
    """
    answer = _read(BuyerAnswer, completion, example=BUYER_EXAMPLE)
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

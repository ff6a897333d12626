"""The JSON that a model's turn is: its schemas, and what each field may hold, in words.

Written as strict modes want them: nothing optional, nothing else allowed, no keyword that only some
vendors know. The words stand in the schema, and in the refusal of a turn that doesn't keep to them.
"""

from typing import Any

from app.llm import OutputSchema

RULES = {
    "message": "text, such as 'Can anyone do better?'",
    "offer": 'null, or an object with price and quantity, such as {"price": 12.5, "quantity": 5}',
    "offer.price": "a price per unit in USD above 0, such as 12.5",
    "offer.quantity": "a whole number of units from 1 up, such as 5",
    "action": "one of continue, accept and walk_away",
    "offer_id": "the id of an offer on the table where action is accept, otherwise null",
}

SELLER_EXAMPLE = '{"message": "I can do that.", "offer": {"price": 12.5, "quantity": 5}}'
BUYER_EXAMPLE = '{"message": "Can anyone do better?", "action": "continue", "offer_id": null}'


def _field(name: str, **schema: Any) -> dict[str, Any]:
    return {**schema, "description": RULES[name]}


def _object(**fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


_TERMS = _object(
    price=_field("offer.price", type="number"),
    quantity=_field("offer.quantity", type="integer"),
)

SELLER_OUTPUT = OutputSchema(
    "seller_turn",
    _object(
        message=_field("message", type="string"),
        offer=_field("offer", anyOf=[_TERMS, {"type": "null"}]),
    ),
)


def buyer_output(*, may_decide: bool, must_decide: bool) -> OutputSchema:
    """Leaves out the actions that would be refused now."""
    actions = ["continue"] * (not must_decide) + ["accept", "walk_away"] * may_decide
    turn = _object(
        message=_field("message", type="string"),
        action=_field("action", type="string", enum=actions),
        offer_id=_field("offer_id", type=["string", "null"]),
    )
    return OutputSchema("buyer_turn", turn)

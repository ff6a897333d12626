"""A model that plays buyer and seller by the rules, from nothing but what stands in its prompt.

Which seat is asked shows in the JSON Schema of the request: `buyer_turn` or `seller_turn`, by name
or by properties. It offers halfway between its limits, accepts the cheapest offer within its own
as soon as accepting is among the actions, and otherwise goes on talking.
"""

import json
import re
from decimal import Decimal
from typing import Any

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = r"\$?\s*(\d[\d,]*(?:\.\d+)?)"
_GAP = r"[^\d\n]{0,60}?"
_QUANTITY = re.compile(
    rf"(?:quantit(?:y|ies)|units?|needs?|wants?|asks? for){_GAP}{_NUMBER}|{_NUMBER}\s*units?",
    re.IGNORECASE,
)
_PRICE = re.compile(rf"(?:price|at|\$|for){_GAP}{_NUMBER}", re.IGNORECASE)


def negotiate(body: dict[str, Any]) -> dict[str, Any] | str:
    """A turn as JSON where a seat's schema is asked for, a sentence where not."""
    text = "\n".join(str(message["content"]) for message in body["messages"])
    match _seat(body, text):
        case "buyer":
            return _buyer(body, text)
        case "seller":
            return _seller(text)
        case _:
            return "Let us find a price that suits us both."


def _seat(body: dict[str, Any], text: str) -> str | None:
    asked = json.dumps([body.get("response_format"), body.get("tools")]) + text
    if "buyer_turn" in asked or '"action"' in asked:
        return "buyer"
    return "seller" if "seller_turn" in asked or '"offer"' in asked else None


def _buyer(body: dict[str, Any], text: str) -> dict[str, Any]:
    limit = _named(text, "max", "at most", "no more than", "up to", "highest")
    offers = [offer for line in text.splitlines() if (offer := _offer(line)) is not None]
    good = [offer for offer in offers if limit is None or offer[0] <= limit]
    if good and _may_accept(body, text):
        price, offer_id = min(good)
        message = f"{price} is a fair price, I take it."
        return {"message": message, "action": "accept", "offer_id": offer_id}
    message = "What is the best price you can do for me?"
    return {"message": message, "action": "continue", "offer_id": None}


def _may_accept(body: dict[str, Any], text: str) -> bool:
    """Not where the schema leaves it out, nor after a try that was sent back."""
    schema = json.dumps([body.get("response_format"), body.get("tools")])
    offered = '"accept"' in schema if "action" in schema else "accept" in text
    refused = any(m["role"] == "assistant" and '"accept"' in m["content"] for m in body["messages"])
    return offered and not refused


def _offer(line: str) -> tuple[Decimal, str] | None:
    found = _UUID.search(line)
    if found is None:
        return None
    priced = _PRICE.search(_UUID.sub("", line))
    return (Decimal(priced[1].replace(",", "")), found[0]) if priced else None


def _seller(text: str) -> dict[str, Any]:
    least = _named(text, "least", "lowest", "minimum", "floor") or Decimal(1)
    selling = _named(text, "selling", "list price", "asking", "opening") or least
    stock = _named(text, "stock", "available", "inventory") or Decimal(1)
    wanted = _QUANTITY.search(text)
    needed = Decimal((wanted[1] or wanted[2]).replace(",", "")) if wanted else stock
    price = ((least + selling) / 2).quantize(Decimal("0.01"))
    quantity = int(min(needed, stock))
    return {
        "message": f"I can let you have {quantity} at {price} each.",
        "offer": {"price": float(price), "quantity": quantity},
    }


def _named(text: str, *names: str) -> Decimal | None:
    """The first number that follows one of the words on its line."""
    for name in names:
        if found := re.search(rf"\b{name}{_GAP}{_NUMBER}", text, re.IGNORECASE):
            return Decimal(found[1].replace(",", ""))
    return None

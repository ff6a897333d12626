"""A model that plays buyer and seller by the rules, from nothing but what stands in its prompt.

Which seat is asked shows in the JSON Schema of the request, `buyer_turn` or `seller_turn` by name
or by its properties. The seller goes from near its selling to near its least price over the first
half of the rounds, and never names either, which are its secrets; the buyer takes the cheapest
offer within its limits as soon as it may.
"""

import json
import re
from decimal import Decimal
from typing import Any

_NUMBER = r"\$?\s*(\d[\d,]*(?:\.\d+)?)"
_GAP = r"[^\d\n]{0,60}?"
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PRICE = re.compile(rf"\bprice\b\W*{_NUMBER}", re.IGNORECASE)
_ROUND = re.compile(r"round (\d+) of (\d+)", re.IGNORECASE)
_ACTIONS = re.compile(r'"enum":\s*\[([^\]]*)\]')
_CENT = Decimal("0.01")


def negotiate(body: dict[str, Any]) -> dict[str, Any] | str:
    """A turn as an object where a seat's schema is asked for, a sentence where not."""
    prompt = "\n".join(str(message["content"]) for message in body["messages"])
    schema = json.dumps([body.get("response_format"), body.get("tools")]) + prompt
    if "buyer_turn" in schema or '"action":' in schema:
        return _buyer(body, prompt, schema)
    if "seller_turn" in schema or '"offer":' in schema:
        return _seller(prompt)
    return "Let us find a price that suits us both."


def _buyer(body: dict[str, Any], prompt: str, schema: str) -> dict[str, Any]:
    lowest = _labelled(prompt, "minimum", "min") or Decimal(0)
    highest = _labelled(prompt, "maximum", "max") or Decimal("Infinity")
    offers = [offer for line in prompt.splitlines() if (offer := _offer(line)) is not None]
    fair = [offer for offer in offers if lowest <= offer[0] <= highest]
    actions = _actions(schema)
    if fair and "accept" in actions and not _sent_back(body):
        price, offer_id = min(fair)
        message = f"{price} is a fair price, I take it."
        return {"message": message, "action": "accept", "offer_id": offer_id}
    if "continue" in actions:
        message = "What is the best price you can do for me?"
        return {"message": message, "action": "continue", "offer_id": None}
    return {"message": "Nothing here suits me.", "action": "walk_away", "offer_id": None}


def _actions(schema: str) -> str:
    """Those the schema leaves open; an enumeration is the only list it can hold."""
    listed = _ACTIONS.search(schema)
    return listed[1] if listed else "continue, accept, walk_away"


def _sent_back(body: dict[str, Any]) -> bool:
    return any(m["role"] == "assistant" and '"accept"' in m["content"] for m in body["messages"])


def _offer(line: str) -> tuple[Decimal, str] | None:
    found = _UUID.search(line)
    priced = _PRICE.search(_UUID.sub("", line)) if found else None
    return (_decimal(priced[1]), found[0]) if found and priced else None


def _seller(prompt: str) -> dict[str, Any]:
    least = _labelled(prompt, "least", "lowest", "minimum") or Decimal(1)
    selling = _labelled(prompt, "selling", "list", "asking") or least
    stock = _labelled(prompt, "stock", "available", "inventory") or Decimal(1)
    wanted = _labelled(prompt, "quantity", "units") or stock
    price = (selling - (selling - least) * _progress(prompt)).quantize(_CENT)
    quantity = int(min(wanted, stock))
    message = f"I can let you have {quantity} at {price} each."
    return {"message": message, "offer": {"price": float(price), "quantity": quantity}}


def _progress(prompt: str) -> Decimal:
    """How much of the way is gone: a tenth in the first round, nine from half of them on."""
    rounds = _ROUND.findall(prompt)
    if not rounds:
        return Decimal("0.5")
    now, last = map(int, rounds[-1])
    gone = min(Decimal(1), Decimal(now - 1) / max(1, last // 2))
    return Decimal("0.1") + Decimal("0.8") * gone


def _labelled(prompt: str, *names: str) -> Decimal | None:
    """The number on a line such as `- Least price: 80`, else the first one after the word."""
    for form in (r"^\W*{}\b[^:\n]*:\s*", r"\b{}\b" + _GAP.replace("{", "{{").replace("}", "}}")):
        for name in names:
            pattern = form.format(name) + _NUMBER
            if found := re.search(pattern, prompt, re.IGNORECASE | re.MULTILINE):
                return _decimal(found[1])
    return None


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))

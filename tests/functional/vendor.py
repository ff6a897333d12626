"""Reading what the service asked of a model, and scripting what the model says."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI

Body = dict[str, Any]
Said = str | dict[str, Any]

_PLAYER = re.compile(r'You (?:are|speak for) "(?P<name>[^"]+)", (?:a|the) (?P<seat>seller|buyer)')
_OFFER_ID = re.compile(r"offer_id: ([0-9a-f-]{36})")


def openrouter(vendor: FakeOpenAI) -> dict[str, str]:
    """Settings that make the vendor the default provider."""
    return {"OPENROUTER_API_KEY": "sk-canary-key", "OPENROUTER_BASE_URL": vendor.base_url}


def prompt(body: Body) -> str:
    return "\n".join(str(message["content"]) for message in body["messages"])


def player(body: Body) -> str:
    """The name of the agent that is asked."""
    found = _PLAYER.search(body["messages"][0]["content"])
    assert found is not None, body["messages"][0]
    return found["name"]


def seat(body: Body) -> str:
    """`buyer` or `seller`."""
    found = _PLAYER.search(body["messages"][0]["content"])
    assert found is not None, body["messages"][0]
    return found["seat"]


def offer_ids(body: Body) -> list[str]:
    """Of the offers on the table, as the buyer is shown them."""
    return _OFFER_ID.findall(prompt(body))


def may_accept(body: Body) -> bool:
    return '"accept"' in json.dumps(body.get("response_format"))


def tries(body: Body) -> int:
    """How many times this turn has been sent back."""
    return sum(message["role"] == "assistant" for message in body["messages"])


def playing(
    *, buyer: Callable[[Body], Said] = negotiate, seller: Callable[[Body], Said] = negotiate
) -> Callable[[Body], Said]:
    """What the vendor's model says, seat by seat."""
    return lambda body: buyer(body) if seat(body) == "buyer" else seller(body)

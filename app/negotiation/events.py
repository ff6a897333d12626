"""What can happen in a room. A run is the list of these, in order, and nothing else.

Every event is a fact that was true when it was written: it holds what it says, not references to
be looked up, so that it can be read, sent and replayed alone. Times are kept beside the event, in
the log; durations are in seconds, prices in USD per unit.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.negotiation.agents.seat import Terms


class Outcome(StrEnum):
    DEAL = "deal"
    NO_DEAL = "no_deal"
    ABORTED = "aborted"


class Verdict(StrEnum):
    """`reject`: the buyer walked away; `no_deal`: it came to none, or somebody ended it so."""

    ACCEPT = "accept"
    REJECT = "reject"
    NO_DEAL = "no_deal"


class Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RoundStarted(Event):
    type: Literal["round_start"] = "round_start"
    round: int


class BuyerSpoke(Event):
    """`mentioned` are the sellers that the text names; naming none addresses all."""

    type: Literal["buyer_message"] = "buyer_message"
    message_id: UUID
    text: str
    mentioned: tuple[UUID, ...]
    round: int
    turn: int
    by_human: bool = False


class SellerSpoke(Event):
    type: Literal["seller_response"] = "seller_response"
    message_id: UUID
    seller_id: UUID
    text: str
    offer: Terms | None
    round: int
    turn: int


class OfferMade(Event):
    """Puts the offer of the seller's message on the table, in place of its earlier one."""

    type: Literal["offer"] = "offer"
    offer_id: UUID
    message_id: UUID
    seller_id: UUID
    terms: Terms
    round: int


class TurnPassed(Event):
    """A seat that found no legal turn; `seller_id` is None for the buyer."""

    type: Literal["turn_passed"] = "turn_passed"
    seller_id: UUID | None
    code: str
    reason: str
    round: int


class TroubleNoticed(Event):
    """Something went wrong on the way to a turn and was overcome."""

    type: Literal["notice"] = "notice"
    seller_id: UUID | None
    code: str
    message: str
    round: int


class MessageQueued(Event):
    """A person spoke for the buyer: it takes the buyer's next turn."""

    type: Literal["message_queued"] = "message_queued"
    message_id: UUID
    text: str
    mentioned: tuple[UUID, ...]


class RunFailed(Event):
    """Fatal: no model answers. The decision and the end follow."""

    type: Literal["error"] = "error"
    code: str
    message: str


class Decided(Event):
    """The outcome. `offer_id` names the accepted offer, unless a person imposed the deal."""

    type: Literal["decision"] = "decision"
    outcome_id: UUID
    verdict: Verdict
    seller_id: UUID | None = None
    offer_id: UUID | None = None
    terms: Terms | None = None
    reason: str
    round: int
    by_human: bool = False


class RunEnded(Event):
    type: Literal["negotiation_complete"] = "negotiation_complete"
    outcome: Outcome
    rounds: int
    seconds: float
    seller_id: UUID | None = None
    terms: Terms | None = None
    reason: str


AnyEvent = Annotated[
    RoundStarted
    | BuyerSpoke
    | SellerSpoke
    | OfferMade
    | TurnPassed
    | TroubleNoticed
    | MessageQueued
    | RunFailed
    | Decided
    | RunEnded,
    Field(discriminator="type"),
]

_ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def to_payload(event: AnyEvent) -> dict[str, object]:
    """The event as JSON values, money as strings of digits."""
    return event.model_dump(mode="json", exclude={"type"})


def from_payload(kind: str, payload: dict[str, object]) -> AnyEvent:
    return _ADAPTER.validate_python({**payload, "type": kind})


def total(terms: Terms) -> Decimal:
    return terms.price * terms.quantity

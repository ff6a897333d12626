"""The stream's events, for the API description: what stands in each `data:` line."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from app.negotiation.schemas import Money
from app.web import Timestamp, event_stream


class TermsEvent(BaseModel):
    price: Money
    quantity: int


class ConnectedEvent(BaseModel):
    """The first event of every connection. Has no id."""

    type: Literal["connected"]
    room_id: UUID
    timestamp: Timestamp


class RoundStartEvent(BaseModel):
    type: Literal["round_start"]
    round_number: int
    max_rounds: int
    timestamp: Timestamp


class BuyerMessageEvent(BaseModel):
    """`message` and `content` are the same text. Naming no seller addresses all."""

    type: Literal["buyer_message"]
    message_id: UUID
    message: str
    content: str
    sender_id: UUID
    sender_name: str
    sender_type: Literal["buyer"]
    mentioned_sellers: list[UUID]
    by_human: bool
    round: int
    turn_number: int
    timestamp: Timestamp


class SellerResponseEvent(BaseModel):
    type: Literal["seller_response"]
    message_id: UUID
    seller_id: UUID
    sender_id: UUID
    sender_name: str
    sender_type: Literal["seller"]
    message: str
    content: str
    offer: TermsEvent | None
    round: int
    turn_number: int
    timestamp: Timestamp


class OfferEvent(BaseModel):
    """Replaces the seller's earlier offer on the table."""

    type: Literal["offer"]
    offer_id: UUID
    message_id: UUID
    seller_id: UUID
    seller_name: str
    price_per_unit: Money
    quantity: int
    total_price: Money
    round: int
    timestamp: Timestamp


class NoticeEvent(BaseModel):
    """Trouble that was overcome, or a seat that passed its turn."""

    type: Literal["notice"]
    code: str
    message: str
    seat: Literal["buyer", "seller"]
    seller_id: UUID | None
    seat_name: str
    round: int
    timestamp: Timestamp


class MessageQueuedEvent(BaseModel):
    """A person spoke for the buyer; the words follow as the buyer's next message."""

    type: Literal["message_queued"]
    message_id: UUID
    message: str
    mentioned_sellers: list[UUID]
    timestamp: Timestamp


class ErrorEvent(BaseModel):
    """Fatal; `decision` and `negotiation_complete` follow."""

    type: Literal["error"]
    message: str
    error_code: str
    timestamp: Timestamp


class DecisionEvent(BaseModel):
    type: Literal["decision"]
    decision: Literal["accept", "reject", "no_deal"]
    outcome_id: UUID
    chosen_seller_id: UUID | None
    chosen_seller_name: str | None
    final_price: Money | None
    final_quantity: int | None
    total_cost: Money | None
    reason: str
    by_human: bool
    round: int
    timestamp: Timestamp


class NegotiationCompleteEvent(BaseModel):
    """The last event; the stream ends with it."""

    type: Literal["negotiation_complete"]
    room_id: UUID
    outcome: Literal["deal", "no_deal", "aborted", "no_sellers_available"]
    rounds_completed: int
    duration_seconds: float
    selected_seller_id: UUID | None
    selected_seller_name: str | None
    final_offer: TermsEvent | None
    reason: str
    timestamp: Timestamp


class HeartbeatEvent(BaseModel):
    """After every stretch of silence. Has no id."""

    type: Literal["heartbeat"]
    timestamp: Timestamp


StreamEvent = Annotated[
    ConnectedEvent
    | RoundStartEvent
    | BuyerMessageEvent
    | SellerResponseEvent
    | OfferEvent
    | NoticeEvent
    | MessageQueuedEvent
    | ErrorEvent
    | DecisionEvent
    | NegotiationCompleteEvent
    | HeartbeatEvent,
    Field(discriminator="type"),
]

STREAM_EVENT: TypeAdapter[StreamEvent] = TypeAdapter(StreamEvent)

_EXAMPLE = """retry: 1000
event: connected
data: {"type":"connected","room_id":"…","timestamp":"2026-01-31T12:00:00.000000Z"}

id: 1
event: round_start
data: {"type":"round_start","round_number":1,"max_rounds":10,"timestamp":"…"}

id: 2
event: buyer_message
data: {"type":"buyer_message","message":"Hello!","sender_type":"buyer","round":1,"…":"…"}
"""


STREAM_RESPONSES = event_stream(
    STREAM_EVENT,
    name="StreamEvent",
    description="Server-sent events. Each `data:` line is one JSON object, a `StreamEvent`, whose "
    "`type` is the event's name.",
    example=_EXAMPLE,
)

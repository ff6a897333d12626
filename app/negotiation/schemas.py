"""What the market takes and gives, as the marketplace contract, version 1, has it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from app.kit.clock import iso_z
from app.kit.money import MAX_AMOUNT, number, to_micro
from app.negotiation.agents.seat import AgentKind, Priority, SpeakingStyle
from app.negotiation.selection import Exclusion, name_key

MAX_SELLERS = 10


def _no_lookalikes(value: object) -> object:
    """JSON numbers only: `"12"` and `true` are not what a client meant."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("should be a number, such as 12.5")  # noqa: TRY004  # pydantic's way
    return value


_JSON_NUMBER = BeforeValidator(_no_lookalikes)
"""Stands behind a type's limits: in front of them, it would hide them from the API description."""

Money = Annotated[Decimal, PlainSerializer(number, return_type=float)]
"""USD, a JSON number."""
Timestamp = Annotated[datetime, PlainSerializer(iso_z, return_type=str)]
"""UTC, ISO 8601, with `Z`."""

Amount = Annotated[
    Decimal,
    Field(ge=0, le=MAX_AMOUNT, allow_inf_nan=False),
    AfterValidator(to_micro),
    _JSON_NUMBER,
    PlainSerializer(number, return_type=float),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": number(MAX_AMOUNT)}),
]
"""USD per unit, from 0 to a billion, kept to a millionth."""
Count = Annotated[int, Field(ge=1, le=1_000_000_000), _JSON_NUMBER]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
ItemName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ShoppingItemIn(Body):
    item_id: Name
    item_name: ItemName
    quantity_needed: Count
    min_price_per_unit: Amount
    max_price_per_unit: Amount

    @model_validator(mode="after")
    def _ordered(self) -> "ShoppingItemIn":
        if self.max_price_per_unit <= self.min_price_per_unit:
            raise ValueError("max_price_per_unit must be greater than min_price_per_unit")
        return self


class BuyerIn(Body):
    name: Name
    shopping_list: Annotated[list[ShoppingItemIn], Field(min_length=1, max_length=10)]


class ProfileIn(Body):
    priority: Priority
    speaking_style: SpeakingStyle


class InventoryItemIn(Body):
    item_id: Name
    item_name: ItemName
    cost_price: Amount
    least_price: Amount
    selling_price: Amount
    quantity_available: Count

    @model_validator(mode="after")
    def _ordered(self) -> "InventoryItemIn":
        if not self.cost_price < self.least_price < self.selling_price:
            raise ValueError("prices must rise: cost_price < least_price < selling_price")
        return self


class SellerIn(Body):
    name: Name
    profile: ProfileIn
    inventory: Annotated[list[InventoryItemIn], Field(min_length=1, max_length=100)]
    agent: AgentKind | None = Field(
        None, description="Who plays this seller; default: `agents.sellers`"
    )
    arrives_in_round: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="The first round in which it takes part"
    )

    @model_validator(mode="after")
    def _unique(self) -> "SellerIn":
        seen: set[str] = set()
        for item in self.inventory:
            if item.item_id in seen:
                raise ValueError(f"inventory holds item_id '{item.item_id}' twice")
            seen.add(item.item_id)
        return self


class LLMConfigIn(Body):
    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), _JSON_NUMBER] = 0.7
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000), _JSON_NUMBER] = 500
    provider: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        None, description="A configured provider, or `offline`; default: the server's"
    )


class AgentsIn(Body):
    """Who fills the seats: `llm`, `narrated` or `offline`. Default: `llm` when the session has a
    provider, else `offline`."""

    buyer: AgentKind | None = None
    sellers: AgentKind | None = None


class InitializeRequest(Body):
    buyer: BuyerIn
    sellers: Annotated[
        list[SellerIn],
        Field(min_length=1, json_schema_extra={"maxItems": MAX_SELLERS}),  # an error of its own
    ]
    llm_config: LLMConfigIn
    agents: AgentsIn = AgentsIn()
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = Field(
        None, description="The same seed gives offline agents the same run"
    )
    min_rounds: Annotated[int, Field(ge=1, le=100)] | None = None
    max_rounds: Annotated[int, Field(ge=1, le=100)] | None = None
    timeout_minutes: (
        Annotated[float, Field(gt=0, le=1440, allow_inf_nan=False), _JSON_NUMBER] | None
    ) = None
    pace_seconds: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False), _JSON_NUMBER] = Field(
        0, description="A pause before each turn, so that people can follow quick agents"
    )

    @model_validator(mode="after")
    def _unique_sellers(self) -> "InitializeRequest":
        seen: dict[str, str] = {}
        for seller in self.sellers:
            key = name_key(seller.name)
            if key in seen:
                raise ValueError(f"sellers '{seen[key]}' and '{seller.name}' have the same name")
            seen[key] = seller.name
        return self

    @model_validator(mode="after")
    def _rounds_in_order(self) -> "InitializeRequest":
        if self.min_rounds and self.max_rounds and self.min_rounds > self.max_rounds:
            raise ValueError(f"min_rounds must be at most max_rounds ({self.max_rounds})")
        return self

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "buyer": {
                        "name": "Alice",
                        "shopping_list": [
                            {
                                "item_id": "laptop-1",
                                "item_name": "Laptop",
                                "quantity_needed": 2,
                                "min_price_per_unit": 700,
                                "max_price_per_unit": 1100,
                            }
                        ],
                    },
                    "sellers": [
                        {
                            "name": "TechStore",
                            "profile": {
                                "priority": "customer_retention",
                                "speaking_style": "very_sweet",
                            },
                            "inventory": [
                                {
                                    "item_id": "tl-9",
                                    "item_name": "Laptop",
                                    "cost_price": 650,
                                    "least_price": 780,
                                    "selling_price": 1050,
                                    "quantity_available": 10,
                                }
                            ],
                        },
                        {
                            "name": "GadgetHub",
                            "profile": {"priority": "maximize_profit", "speaking_style": "rude"},
                            "inventory": [
                                {
                                    "item_id": "g-1",
                                    "item_name": "laptop",
                                    "cost_price": 600,
                                    "least_price": 760,
                                    "selling_price": 1150,
                                    "quantity_available": 4,
                                }
                            ],
                        },
                    ],
                    "llm_config": {"model": "offline", "provider": "offline"},
                }
            ]
        }
    )


class ConstraintsOut(BaseModel):
    min_price_per_unit: Money
    max_price_per_unit: Money
    quantity_needed: int


class ParticipantOut(BaseModel):
    seller_id: UUID
    seller_name: str
    initial_price: Money
    current_offer: Money | None


class FinalDealOut(BaseModel):
    seller_id: UUID
    seller_name: str
    price_per_unit: Money
    quantity: int
    total_cost: Money


class ExcludedOut(BaseModel):
    seller_name: str
    reason: Exclusion


RoomStatus = Literal["pending", "active", "completed", "no_sellers_available", "aborted"]


class RoomOut(BaseModel):
    room_id: UUID
    item_id: str
    item_name: str
    quantity_needed: int
    buyer_constraints: ConstraintsOut
    participating_sellers: list[ParticipantOut]
    excluded_sellers: list[ExcludedOut]
    status: RoomStatus
    reason: str | None
    current_round: int
    max_rounds: int
    final_deal: FinalDealOut | None


class InitializeResponse(BaseModel):
    session_id: UUID
    created_at: Timestamp
    buyer_id: UUID
    seller_ids: list[UUID]
    negotiation_rooms: list[RoomOut]
    total_rooms: int
    skipped_items: list[str]


SessionStatus = Literal["draft", "active", "completed"]


class SessionResponse(BaseModel):
    session_id: UUID
    status: SessionStatus
    created_at: Timestamp
    buyer_name: str
    total_runs: int
    llm_model: str
    llm_provider: str
    rooms: list[RoomOut]


class DeleteResponse(BaseModel):
    deleted: Literal[True] = True
    message: str
    session_id: UUID
    logs_saved: int
    log_path: str = Field(description="Where the logs are, with `{room_id}` for the room's id.")


class StartResponse(BaseModel):
    status: Literal["active"] = "active"
    stream_url: str
    run_id: UUID
    started_at: Timestamp


class MessageRequest(Body):
    message: Annotated[str, StringConstraints(min_length=1, max_length=1000)] = Field(
        examples=["@TechStore can you do 900 for two?"]
    )

    @model_validator(mode="after")
    def _not_blank(self) -> "MessageRequest":
        if not self.message.strip():
            raise ValueError(
                "message is blank; say something, such as: @TechStore, your best price?"
            )
        return self


class MessageResponse(BaseModel):
    message_id: UUID
    timestamp: Timestamp
    mentioned_sellers: list[UUID]
    processing: Literal[True] = True


class DecideResponse(BaseModel):
    outcome_id: UUID
    decision_type: Literal["deal", "no_deal"]
    selected_seller_id: UUID | None
    final_price: Money | None
    quantity: int | None
    total_cost: Money | None
    decision_reason: str


class OfferOut(BaseModel):
    price: Money
    quantity: int
    timestamp: Timestamp


class StandingOfferOut(OfferOut):
    offer_id: UUID
    seller_name: str


class MessageOut(BaseModel):
    """Both spellings of text and turn, since clients read either."""

    message_id: UUID
    timestamp: Timestamp
    sender_type: Literal["buyer", "seller", "system"]
    sender_id: UUID | None
    sender_name: str
    mentioned_agents: list[UUID]
    updated_offer: OfferOut | None
    message: str
    content: str
    turn: int
    turn_number: int
    round: int


class StateResponse(BaseModel):
    room_id: UUID
    item_name: str
    status: RoomStatus
    current_round: int
    max_rounds: int
    conversation_history: list[MessageOut]
    current_offers: dict[UUID, StandingOfferOut]
    buyer_constraints: dict[str, Any]
    run_id: UUID | None
    last_event_id: int = Field(description="Where a stream goes on from here, without a gap")


class AnalysisOut(BaseModel):
    what_went_well: list[str]
    what_to_improve: list[str]


class HighlightsOut(BaseModel):
    best_offer: str
    turning_points: list[str]
    tactics_used: list[str]


class AISummaryOut(BaseModel):
    narrative: str
    buyer_analysis: AnalysisOut
    seller_analysis: AnalysisOut
    highlights: HighlightsOut
    deal_winner: str


class OverallAnalysisOut(BaseModel):
    performance_insights: str
    cross_item_comparison: str
    recommendations: list[str]


class PurchaseOut(BaseModel):
    item_name: str
    quantity: int
    selected_seller: str
    final_price_per_unit: Money
    total_cost: Money
    negotiation_rounds: int
    duration_seconds: float
    ai_summary: AISummaryOut | None


class FailedItemOut(BaseModel):
    item_name: str
    reason: str


class CostSummaryOut(BaseModel):
    total_spent: Money
    items_purchased: int
    average_savings_per_item: Money


class MetricsOut(BaseModel):
    average_rounds: float
    average_duration_seconds: float
    total_messages_exchanged: int


class SummaryResponse(BaseModel):
    session_id: UUID
    buyer_name: str
    total_items_requested: int
    completed_purchases: int
    failed_purchases: int
    purchases: list[PurchaseOut]
    failed_items: list[FailedItemOut]
    total_cost_summary: CostSummaryOut
    negotiation_metrics: MetricsOut
    overall_analysis: OverallAnalysisOut | None


class LogMetadataOut(BaseModel):
    session_id: UUID
    room_id: UUID
    run_id: UUID
    run_number: int
    item_id: str
    item_name: str
    created_at: Timestamp
    started_at: Timestamp
    ended_at: Timestamp
    completed_at: Timestamp
    duration_seconds: float


class LogBuyerOut(ConstraintsOut):
    """The limits stand here and under `constraints`, since clients read either."""

    buyer_id: UUID
    name: str
    constraints: ConstraintsOut


class LogSellerOut(BaseModel):
    seller_id: UUID
    name: str
    profile: ProfileIn
    cost_price: Money
    least_price: Money
    selling_price: Money
    quantity_available: int


class LogOfferOut(BaseModel):
    offer_id: UUID
    message_id: UUID
    round: int
    seller_id: UUID
    price_per_unit: Money
    quantity: int
    timestamp: Timestamp


class LogDecisionOut(BaseModel):
    decision: Literal["accept", "reject", "no_deal"]
    decision_type: Literal["deal", "no_deal"]
    selected_seller_id: UUID | None
    final_price: Money | None
    quantity: int | None
    total_cost: Money | None
    reason: str


class LogResponse(BaseModel):
    metadata: LogMetadataOut
    buyer: LogBuyerOut
    sellers: list[LogSellerOut]
    conversation_history: list[MessageOut]
    offers_over_time: list[LogOfferOut]
    decision: LogDecisionOut | None
    duration: float
    rounds: int
    rounds_completed: int

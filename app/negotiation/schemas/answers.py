"""What the market gives, as the marketplace contract, version 1, has it."""

from typing import Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    Field,
)

from app.negotiation.schemas.requests import ProfileIn
from app.negotiation.schemas.values import Money
from app.negotiation.selection import Exclusion
from app.web import Timestamp


class ConstraintsOut(BaseModel):
    min_price_per_unit: Money
    max_price_per_unit: Money
    quantity_needed: int


class ParticipantOut(BaseModel):
    seller_id: UUID
    seller_name: str
    initial_price: Money
    current_offer: Money | None
    voice_id: str | None = Field(description="The voice chosen for it; null: one that suits it.")


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
    buyer_voice_id: str | None = Field(description="The voice chosen for it; null: the usual.")
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
    event_id: int = Field(description="Its place in the room's stream")
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


JudgedBy = Literal["model", "figures"]


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
    source: JudgedBy = Field(description="Whether a model judged, or figures speak for themselves.")


class OverallAnalysisOut(BaseModel):
    performance_insights: str
    cross_item_comparison: str
    recommendations: list[str]
    source: JudgedBy = Field(description="Whether a model judged, or figures speak for themselves.")


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

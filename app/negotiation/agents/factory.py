"""Puts an agent into every seat of a room."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from app.kit.frozen import frozen
from app.llm import CallContext, LLMClient, ModelRef
from app.negotiation.agents.llm import LLMBuyer, LLMSeller, ModelSettings
from app.negotiation.agents.narrated import NarratedBuyer, NarratedSeller
from app.negotiation.agents.offline import OfflineBuyer, OfflineSeller
from app.negotiation.agents.seat import AgentKind, Buyer, Seller


@frozen
class Seats:
    """`instant`: no seat of this room ever waits for anything."""

    buyer: Buyer
    sellers: Mapping[UUID, Seller]
    instant: bool


@frozen
class Seating:
    """Who is to sit where, and which model speaks for those that need one."""

    buyer_id: UUID
    buyer: AgentKind
    sellers: Mapping[UUID, AgentKind]
    model: ModelRef
    temperature: float
    max_tokens: int
    paced: bool
    context: CallContext


class SeatFactory:
    def __init__(self, client: LLMClient) -> None:
        self._client = client

    def fill(self, seating: Seating) -> Seats:
        settings = ModelSettings(
            model=seating.model,
            temperature=seating.temperature,
            max_tokens=seating.max_tokens,
            context=seating.context,
        )
        kinds = {seating.buyer, *seating.sellers.values()}
        return Seats(
            buyer=self._buyer(seating.buyer, replace(settings, seat_id=seating.buyer_id)),
            sellers={
                seller_id: self._seller(kind, replace(settings, seat_id=seller_id))
                for seller_id, kind in seating.sellers.items()
            },
            instant=kinds == {AgentKind.OFFLINE} and not seating.paced,
        )

    def _buyer(self, kind: AgentKind, settings: ModelSettings) -> Buyer:
        match kind:
            case AgentKind.LLM:
                return LLMBuyer(self._client, settings)
            case AgentKind.NARRATED:
                return NarratedBuyer(self._client, settings)
            case AgentKind.OFFLINE:
                return OfflineBuyer()

    def _seller(self, kind: AgentKind, settings: ModelSettings) -> Seller:
        match kind:
            case AgentKind.LLM:
                return LLMSeller(self._client, settings)
            case AgentKind.NARRATED:
                return NarratedSeller(self._client, settings)
            case AgentKind.OFFLINE:
                return OfflineSeller()

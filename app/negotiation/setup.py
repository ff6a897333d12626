"""A room as it was set up: who sits in it, what they hide, by which rules it is played."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.kit.frozen import frozen
from app.negotiation.agents.seat import AgentKind, Priority, SpeakingStyle
from app.negotiation.errors import RoomNotFound
from app.negotiation.mentions import mentioned
from app.negotiation.models import Buyer, Room, Run, Session, ShoppingItem
from app.negotiation.repository import Market, Participant, RoomRecord
from app.negotiation.room import Rules, SellerSeat
from app.negotiation.views import Cast, SellerCard
from app.negotiation.wire import WireFormat


@frozen
class RoomSetup:
    """Everything about a room but its log."""

    session: Session
    buyer: Buyer
    room: Room
    item: ShoppingItem
    run: Run | None
    participants: tuple[Participant, ...]

    @property
    def rules(self) -> Rules:
        return Rules(
            quantity_needed=self.item.quantity_needed,
            min_price=self.item.min_price,
            max_price=self.item.max_price,
            min_rounds=self.session.min_rounds,
            max_rounds=self.session.max_rounds,
            sellers={p.seller.id: _seat(p) for p in self.participants},
        )

    @property
    def cast(self) -> Cast:
        return Cast(
            buyer_id=self.buyer.id,
            buyer_name=self.buyer.name,
            item_name=self.item.item_name,
            seed=self.run.seed if self.run else self.session.seed,
            sellers={p.seller.id: _card(p) for p in self.participants},
        )

    @property
    def wire(self) -> WireFormat:
        return WireFormat(self.room.id, self.cast, self.session.max_rounds)

    @property
    def buyer_agent(self) -> AgentKind:
        return AgentKind(self.buyer.agent)

    @property
    def seller_agents(self) -> dict[UUID, AgentKind]:
        return {p.seller.id: AgentKind(p.seller.agent) for p in self.participants}

    @property
    def limits(self) -> tuple[Decimal, ...]:
        """The prices that one agent or another of this room keeps to itself, in USD per unit."""
        stocks = [participant.stock for participant in self.participants]
        kept = {self.item.min_price, self.item.max_price}
        kept.update(*[(stock.cost_price, stock.least_price) for stock in stocks])
        return tuple(sorted(kept))

    def deadline(self, run: Run) -> datetime:
        return run.started_at + timedelta(seconds=self.session.timeout_seconds)

    def mentioned(self, text: str) -> tuple[UUID, ...]:
        """The sellers of this room that `text` names."""
        named = mentioned(text, [p.seller.name for p in self.participants])
        return tuple(self.participants[index].seller.id for index in named)


def _seat(participant: Participant) -> SellerSeat:
    seller, stock = participant.seller, participant.stock
    return SellerSeat(
        seller_id=seller.id,
        name=seller.name,
        least_price=stock.least_price,
        selling_price=stock.selling_price,
        stock=stock.quantity_available,
        arrives=seller.arrives_in_round,
    )


def _card(participant: Participant) -> SellerCard:
    seller, stock = participant.seller, participant.stock
    return SellerCard(
        seller_id=seller.id,
        name=seller.name,
        priority=Priority(seller.priority),
        style=SpeakingStyle(seller.style),
        cost_price=stock.cost_price,
        least_price=stock.least_price,
        selling_price=stock.selling_price,
        stock=stock.quantity_available,
        arrives=seller.arrives_in_round,
    )


def set_up(record: RoomRecord, participants: Sequence[Participant]) -> RoomSetup:
    return RoomSetup(
        record.session,
        record.buyer,
        record.room,
        record.item,
        record.run,
        tuple(participants),
    )


async def load_room(market: Market, room_id: UUID, *, lock: bool = False) -> RoomSetup:
    """Raises `RoomNotFound`. With `lock`, nobody else changes the room in the meantime."""
    record = await market.get_room(room_id, lock=lock)
    if record is None:
        raise RoomNotFound(room_id)
    participants = await market.list_participants([room_id])
    return set_up(record, participants[room_id])

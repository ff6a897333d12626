"""What was said in a room, to be read aloud in its speaker's voice."""

from uuid import UUID

from app.db import Database
from app.llm import CallContext, Turn
from app.negotiation.events import BuyerSpoke, SellerSpoke
from app.negotiation.models import Buyer
from app.negotiation.repository import Market, SaidInRoom
from app.voice import Casting, Character, SpokenMessage


class RoomMessages:
    """Voices are cast for all sellers of a session together: so each has the same in every room."""

    def __init__(self, database: Database, casting: Casting) -> None:
        self._database = database
        self._casting = casting

    async def find(self, tenant_id: str, message_id: UUID) -> SpokenMessage | None:
        """None when this tenant has no such message, or its session was deleted."""
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            said = await market.get_said(message_id)
            if said is None:
                return None
            buyer = await market.get_buyer(said.session_id)
            voices = await self._voices(market, said.session_id, buyer)
        return _spoken(tenant_id, said, buyer, voices)

    async def _voices(self, market: Market, session_id: UUID, buyer: Buyer) -> dict[UUID, str]:
        """By the ids of buyer and sellers."""
        own = buyer.voice_id or self._casting.buyer
        sellers = [
            Character(seller.id, seller.style, seller.priority, seller.voice_id)
            for seller in await market.list_sellers(session_id)
        ]
        return {**self._casting.cast(sellers, taken=(own,)), buyer.id: own}


def _spoken(
    tenant_id: str, said: SaidInRoom, buyer: Buyer, voices: dict[UUID, str]
) -> SpokenMessage | None:
    event = said.event
    if not isinstance(event, BuyerSpoke | SellerSpoke):
        return None
    seat_id = buyer.id if isinstance(event, BuyerSpoke) else event.seller_id
    turn = Turn(seat_id=seat_id, round=event.round, message_id=event.message_id)
    context = CallContext(tenant_id, run_id=said.run_id, turn=turn)
    return SpokenMessage(event.text, voices[seat_id], context)

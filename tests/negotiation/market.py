"""Small markets for the pure parts: rules, casts, events."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from app.negotiation.agents.seat import Priority, SpeakingStyle, Terms
from app.negotiation.events import BuyerSpoke, OfferMade, RoundStarted, SellerSpoke
from app.negotiation.room import Rules, SellerSeat
from app.negotiation.views import Cast, SellerCard

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BUYER = UUID(int=1)
SELLERS = tuple(UUID(int=100 + number) for number in range(4))
OUTSIDER = UUID(int=999)
MESSAGE = UUID(int=5)


def rules(
    *,
    sellers: int = 3,
    min_rounds: int = 2,
    max_rounds: int = 4,
    arrives: tuple[int, ...] = (1, 1, 1, 1),
) -> Rules:
    """The buyer wants 5 for 10 to 20; sellers have 8 and offer at 12 to 30."""
    return Rules(
        quantity_needed=5,
        min_price=Decimal(10),
        max_price=Decimal(20),
        min_rounds=min_rounds,
        max_rounds=max_rounds,
        sellers={
            seller_id: SellerSeat(
                seller_id=seller_id,
                name=f"Seller {number}",
                least_price=Decimal(12),
                selling_price=Decimal(30),
                stock=8,
                arrives=arrives[number],
            )
            for number, seller_id in enumerate(SELLERS[:sellers])
        },
    )


def cast(of: Rules) -> Cast:
    return Cast(
        buyer_id=BUYER,
        buyer_name="Buyer",
        item_name="Thing",
        seed=1,
        sellers={
            seat.seller_id: SellerCard(
                seller_id=seat.seller_id,
                name=seat.name,
                priority=Priority.MAXIMIZE_PROFIT,
                style=SpeakingStyle.NEUTRAL,
                cost_price=Decimal(7),
                least_price=seat.least_price,
                selling_price=seat.selling_price,
                stock=seat.stock,
                arrives=seat.arrives,
            )
            for seat in of.sellers.values()
        },
    )


class Ids:
    """Ids that count, so that a failing example reads well."""

    def __init__(self) -> None:
        self._last = 10_000

    def __call__(self) -> UUID:
        self._last += 1
        return UUID(int=self._last)


def buyer_says(
    number: int, turn: int, *mentioned: UUID, message_id: UUID = MESSAGE, by_human: bool = False
) -> BuyerSpoke:
    return BuyerSpoke(
        message_id=message_id,
        text=f"round {number}",
        mentioned=mentioned,
        round=number,
        turn=turn,
        by_human=by_human,
    )


def seller_says(
    seller_id: UUID, number: int, turn: int, price: int | None = 15, quantity: int = 5
) -> tuple[SellerSpoke, ...] | tuple[SellerSpoke, OfferMade]:
    """What a seller says and, with a price, the offer that follows from it."""
    terms = None if price is None else Terms(Decimal(price), quantity)
    message_id = UUID(int=1000 * number + turn)
    spoke = SellerSpoke(
        message_id=message_id,
        seller_id=seller_id,
        text="as said",
        offer=terms,
        round=number,
        turn=turn,
    )
    if terms is None:
        return (spoke,)
    offer = OfferMade(
        offer_id=UUID(int=2000 * number + turn),
        message_id=message_id,
        seller_id=seller_id,
        terms=terms,
        round=number,
    )
    return spoke, offer


def opening() -> RoundStarted:
    return RoundStarted(round=1)

"""A buyer and a seller to ask, and what was said between them."""

from decimal import Decimal
from uuid import UUID

from app.negotiation.agents.seat import (
    BuyerView,
    Line,
    Priority,
    SellerView,
    SpeakingStyle,
    TableOffer,
    Terms,
)

OFFER = TableOffer(
    offer_id=UUID("3f2b8c1e-0d4a-4b6f-9a7e-5c1d2e3f4a5b"),
    seller_id=UUID(int=1),
    seller_name="Tech Store",
    terms=Terms(Decimal(950), 5),
    round=2,
)
BUYER = BuyerView(
    buyer_name="Bea",
    item_name="Laptop",
    quantity_needed=5,
    min_price=Decimal("801.25"),
    max_price=Decimal(1000),
    sellers=("Tech Store", "Bob"),
    round=2,
    max_rounds=10,
    may_decide=True,
    must_decide=False,
    transcript=(
        Line(2, "Bea", True, "Good morning, what can you do?"),
        Line(2, "Tech Store", False, "This much.", OFFER.terms),
    ),
    offers=(OFFER,),
    seed=7,
)
SELLER = SellerView(
    seller_name="Tech Store",
    buyer_name="Bea",
    item_name="Laptop",
    quantity_requested=5,
    cost_price=Decimal("701.5"),
    least_price=Decimal(850),
    selling_price=Decimal(1200),
    stock=8,
    priority=Priority.MAXIMIZE_PROFIT,
    style=SpeakingStyle.RUDE,
    round=3,
    max_rounds=10,
    transcript=(
        Line(2, "Bea", False, "Good morning, what can you do?"),
        Line(2, "Tech Store", True, "This much.", OFFER.terms),
        Line(3, "Bea", False, "Could you do $900 each?"),
    ),
    seed=7,
)

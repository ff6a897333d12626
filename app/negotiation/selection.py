"""Who can serve an item: by name, then stock, then prices. Pure; every refusal keeps its reason."""

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from app.kit.frozen import frozen


class Exclusion(StrEnum):
    NO_INVENTORY = "no_inventory"
    INSUFFICIENT_QUANTITY = "insufficient_quantity"
    PRICE_MISMATCH = "price_mismatch"


class Wanted(Protocol):
    item_name: str
    quantity_needed: int
    min_price: Decimal
    max_price: Decimal


class Stocked(Protocol):
    item_name: str
    least_price: Decimal
    selling_price: Decimal
    quantity_available: int


S = TypeVar("S", bound=Stocked)


@frozen
class Selected(Generic[S]):
    """Either the stock that serves, or why none does."""

    stock: S | None
    exclusion: Exclusion | None


def name_key(name: str) -> str:
    """Names are the same when their keys are: trimmed, case folded, compatibility forms unified."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def select(wanted: Wanted, inventory: Sequence[S]) -> Selected[S]:
    """The seller's stock of the wanted item. Of several of one name the cheapest fit is taken; with
    none, the reason is that of the one that came furthest."""
    key = name_key(wanted.item_name)
    named = [stock for stock in inventory if name_key(stock.item_name) == key]
    if not named:
        return Selected(None, Exclusion.NO_INVENTORY)
    enough = [stock for stock in named if stock.quantity_available >= wanted.quantity_needed]
    if not enough:
        return Selected(None, Exclusion.INSUFFICIENT_QUANTITY)
    fitting = [
        stock
        for stock in enough
        if stock.least_price <= wanted.max_price and stock.selling_price >= wanted.min_price
    ]
    if not fitting:
        return Selected(None, Exclusion.PRICE_MISMATCH)
    return Selected(min(fitting, key=lambda stock: stock.selling_price), None)

"""Request bodies for `initialize`, in the words of a test."""

from typing import Any

Json = dict[str, Any]


def item(
    name: str = "Laptop", *, quantity: int = 2, low: float = 700, high: float = 1100, **more: Any
) -> Json:
    """What the buyer wants; prices in USD per unit."""
    return {
        "item_id": f"want-{name}"[:50],
        "item_name": name,
        "quantity_needed": quantity,
        "min_price_per_unit": low,
        "max_price_per_unit": high,
        **more,
    }


def stock(
    name: str = "Laptop",
    *,
    cost: float = 650,
    least: float = 780,
    selling: float = 1050,
    quantity: int = 10,
    **more: Any,
) -> Json:
    """What a seller has; prices in USD per unit."""
    return {
        "item_id": f"have-{name}"[:50],
        "item_name": name,
        "cost_price": cost,
        "least_price": least,
        "selling_price": selling,
        "quantity_available": quantity,
        **more,
    }


def seller(
    name: str,
    *inventory: Json,
    priority: str = "customer_retention",
    style: str = "neutral",
    **more: Any,
) -> Json:
    """Has laptops, unless told otherwise."""
    return {
        "name": name,
        "profile": {"priority": priority, "speaking_style": style},
        "inventory": list(inventory) or [stock()],
        **more,
    }


def three_sellers() -> list[Json]:
    """Of every style one; each least price lies well below what the buyer would pay."""
    return [
        seller("TechStore", style="very_sweet"),
        seller(
            "Gadget Hub", stock(cost=600, least=760, selling=1150), priority="maximize_profit",
            style="rude",
        ),
        seller("Bargain Barn", stock(cost=500, least=740, selling=990)),
    ]  # fmt: skip


def marketplace(
    items: list[Json] | None = None, sellers: list[Json] | None = None, **more: Any
) -> Json:
    """One laptop room with three sellers, all agents offline and seeded, unless told otherwise."""
    return {
        "buyer": {"name": "Alice", "shopping_list": [item()] if items is None else items},
        "sellers": three_sellers() if sellers is None else sellers,
        "llm_config": {"model": "offline", "provider": "offline"},
        "seed": 7,
        **more,
    }


def held(**more: Any) -> Json:
    """Its agents think for so long that nothing happens in its rooms unless a person does it."""
    return marketplace(pace_seconds=10, **more)

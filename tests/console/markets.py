"""Marketplaces for the tests of the page, made through the API."""

from typing import Any

import httpx

Market = dict[str, Any]


def wanted(name: str, **changes: Any) -> Market:
    facts = {"item_name": name, "quantity_needed": 5, "min_price_per_unit": 60}
    return {"item_id": name[:50], **facts, "max_price_per_unit": 110, **changes}


def stock(name: str, **changes: Any) -> Market:
    prices = {"cost_price": 50, "least_price": 65, "selling_price": 120}
    return {"item_id": name[:50], "item_name": name, **prices, "quantity_available": 9, **changes}


def seller(name: str, *items: Market, **changes: Any) -> Market:
    profile = {"priority": "maximize_profit", "speaking_style": "neutral"}
    return {"name": name, "profile": profile, "inventory": list(items), **changes}


def market(
    *items: str, sellers: tuple[str, ...] = ("TechStore", "Maple & Sons"), **options: Any
) -> Market:
    """Every seller has every item; `options` go to the top of the request."""
    names = items or ("Desk lamp",)
    return {
        "buyer": {"name": "Harbour Studio", "shopping_list": [wanted(name) for name in names]},
        "sellers": [seller(name, *map(stock, names)) for name in sellers],
        "llm_config": {"model": "offline", "provider": "offline"},
        "seed": 7,
        **options,
    }


class Client:
    """What the tests ask the service themselves, to compare it with what the page shows."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=30)

    def close(self) -> None:
        self._http.close()

    def create(self, request: Market, *, start: bool = False) -> "Created":
        answer = self.post("/simulation/initialize", json=request)
        rooms = [room["room_id"] for room in answer["negotiation_rooms"]]
        if start:
            for room in rooms:
                self.start(room)
        return Created(answer["session_id"], rooms)

    def start(self, room: str) -> None:
        self.post(f"/negotiation/{room}/start")

    def get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, **options: Any) -> Any:
        return self._http.post(path, **options).raise_for_status().json()

    def state(self, room: str) -> Any:
        return self.get(f"/negotiation/{room}/state")

    def said(self, room: str) -> list[str]:
        return [message["message"] for message in self.state(room)["conversation_history"]]


class Created:
    """A market and its rooms, with their addresses in the console."""

    def __init__(self, session: str, rooms: list[str]) -> None:
        self.session = session
        self.rooms = rooms

    def address(self, room: int = 0) -> str:
        return f"#/s/{self.session}/r/{self.rooms[room]}"

    @property
    def summary(self) -> str:
        return f"#/s/{self.session}/summary"

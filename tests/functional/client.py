"""A client of the marketplace that takes nothing on trust: the contract's shapes are asserted on
the way in, so that every test checks them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from app.negotiation.stream_schemas import STREAM_EVENT

Json = dict[str, Any]

ORIGIN = "http://localhost:3000"
PATIENCE_SECONDS = 60.0
"""For whatever is waited for; only a broken service takes so long."""

_FRAME = re.compile(r"(?:id: (?P<id>[0-9]+)\n)?event: (?P<event>[a-z_]+)\ndata: (?P<data>[^\n]+)")
_WITHOUT_ID = {"connected", "heartbeat"}


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it stood on the stream; `id` None where none was sent."""

    id: int | None
    name: str
    data: Json

    @classmethod
    def read(cls, frame: str) -> "Event":
        """Refuses any frame that isn't as the contract has it."""
        found = _FRAME.fullmatch(frame)
        assert found is not None, frame
        name, data = found["event"], json.loads(found["data"])
        described = STREAM_EVENT.validate_json(found["data"])
        assert set(data) == set(type(described).model_fields)
        assert data["type"] == name
        assert name != "message"
        moment(data["timestamp"])
        place = None if found["id"] is None else int(found["id"])
        assert name not in _WITHOUT_ID or place is None
        return cls(place, name, data)


class Subscription:
    """An open stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._chunks = response.aiter_text()
        self._rest = ""

    async def next(self) -> Event | None:
        """None when the service has ended the stream."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame, separator, rest = self._rest.partition("\n\n")
                if not separator:
                    chunk = await anext(self._chunks, None)
                    if chunk is None:
                        assert not self._rest.strip(), self._rest
                        return None
                    self._rest += chunk
                    continue
                self._rest = rest
                fields = re.sub(r"^retry: [0-9]+(\n|$)", "", frame)
                if fields:
                    return Event.read(fields)

    async def until(self, name: str) -> list[Event]:
        """All up to the next event of this name, which is the last of them."""
        events: list[Event] = []
        while not events or events[-1].name != name:
            event = await self.next()
            assert event is not None, f"the stream ended without {name}: {names(events)}"
            events.append(event)
        return events

    async def rest(self) -> list[Event]:
        """All up to the end of the stream."""
        events: list[Event] = []
        while (event := await self.next()) is not None:
            events.append(event)
        return events


class Market:
    """Every call that answers with JSON asserts its success; for refusals use `http`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def initialize(self, body: Json) -> Json:
        return answer(await self.http.post("/api/v1/simulation/initialize", json=body))

    async def session(self, session_id: str) -> Json:
        return answer(await self.http.get(f"/api/v1/simulation/{session_id}"))

    async def delete(self, session_id: str) -> Json:
        return answer(await self.http.delete(f"/api/v1/simulation/{session_id}"))

    async def summary(self, session_id: str) -> Json:
        return answer(await self.http.get(f"/api/v1/simulation/{session_id}/summary"))

    async def log(self, session_id: str, room_id: str, **query: int) -> Json:
        return answer(await self.http.get(f"/api/v1/logs/{session_id}/{room_id}", params=query))

    async def start(self, room_id: str) -> Json:
        return answer(await self.http.post(f"/api/v1/negotiation/{room_id}/start"))

    async def state(self, room_id: str, **query: str) -> Json:
        return answer(await self.http.get(f"/api/v1/negotiation/{room_id}/state", params=query))

    async def say(self, room_id: str, text: str) -> Json:
        path = f"/api/v1/negotiation/{room_id}/message"
        return answer(await self.http.post(path, json={"message": text}), 202)

    async def decide(self, room_id: str, **query: object) -> Json:
        return answer(await self.deciding(room_id, **query))

    async def deciding(self, room_id: str, **query: object) -> httpx.Response:
        told = {name: str(value) for name, value in query.items()}
        return await self.http.post(f"/api/v1/negotiation/{room_id}/decide", params=told)

    @asynccontextmanager
    async def watch(
        self, room_id: str, *, last_event_id: int | bytes | None = None, **query: object
    ) -> AsyncIterator[Subscription]:
        """The query's `from` is written `from_`, since Python has a `from` of its own."""
        place = b"%d" % last_event_id if isinstance(last_event_id, int) else last_event_id
        headers = {} if place is None else {b"last-event-id": place}
        told = {name.removesuffix("_"): str(value) for name, value in query.items()}
        path = f"/api/v1/negotiation/{room_id}/stream"
        async with self.http.stream("GET", path, params=told, headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["access-control-allow-origin"] == ORIGIN
            yield Subscription(response)

    async def events(
        self, room_id: str, *, last_event_id: int | bytes | None = None, **query: object
    ) -> list[Event]:
        """All that a subscriber is sent, until the service ends the stream."""
        async with self.watch(room_id, last_event_id=last_event_id, **query) as subscription:
            return await subscription.rest()

    async def play(self, room_id: str) -> list[Event]:
        """Starts the room and watches it to its end."""
        await self.start(room_id)
        return await self.events(room_id)


@asynccontextmanager
async def market_at(url: str) -> AsyncIterator[Market]:
    """Sends an origin, as a browser does."""
    async with httpx.AsyncClient(
        base_url=url,
        timeout=PATIENCE_SECONDS,
        headers={"origin": ORIGIN},
        verify=False,  # nothing here is encrypted, and loading certificates takes a while
        trust_env=False,
    ) as http:
        yield Market(http)


def answer(response: httpx.Response, status: int = 200) -> Json:
    """The body of a success."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    body = response.json()
    assert isinstance(body, dict)
    return body


def refused(response: httpx.Response, status: int, code: str) -> Json:
    """The error, in the one form there is, readable across origins."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    body = response.json()
    assert set(body) == {"error"}
    error: Json = body["error"]
    assert set(error) == {"code", "message", "details", "timestamp"}
    assert error["code"] == code, error
    assert error["message"]
    assert all(set(detail) == {"field", "issue"} for detail in error["details"])
    moment(error["timestamp"])
    return error


def fields_of(error: Json) -> set[str]:
    return {detail["field"] for detail in error["details"]}


def moment(text: Any) -> datetime:
    """Reads a timestamp of the contract: UTC, ISO 8601, with `Z`."""
    assert isinstance(text, str), text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text), text
    return datetime.fromisoformat(text)


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


def named(events: list[Event], name: str) -> list[Json]:
    """The data of the events of this name."""
    return [event.data for event in events if event.name == name]


def stored(events: list[Event]) -> list[Event]:
    """Those with an id: what stands in the room's log."""
    return [event for event in events if event.id is not None]


def ids(events: list[Event]) -> list[int]:
    return [event.id for event in events if event.id is not None]

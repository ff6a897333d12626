"""A person who talks to the service, and reads each answer event by event. What every stream has to
be is asserted on the way in."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from app.chat.generations.stream_schemas import ANSWER_EVENT
from tests.functional.client import PATIENCE_SECONDS

Json = dict[str, Any]

ALONE = {"RUN_WORKER": "false"}
"""Settings by which nothing is done in the background that asks models, too."""

_FRAME = re.compile(r"id: (?P<id>[0-9]+)\nevent: (?P<event>[a-z_]+)\ndata: (?P<data>[^\n]+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it stood on the stream, from its first event to its last."""

    events: list[Json]
    headers: httpx.Headers

    @property
    def names(self) -> list[str]:
        """Of the events in their order; text that came in several pieces counts once."""
        names = [event["type"] for event in self.events]
        return [name for at, name in enumerate(names) if not at or names[at - 1] != name]

    @property
    def text(self) -> str:
        return "".join(event["content"] for event in self.of("content"))

    @property
    def notices(self) -> list[str]:
        return [notice["code"] for notice in self.of("notice")]

    @property
    def start(self) -> Json:
        return self.events[0]

    @property
    def last(self) -> Json:
        return self.events[-1]

    @property
    def conversation_id(self) -> str:
        return str(self.start["conversation_id"])

    @property
    def generation_id(self) -> str:
        return str(self.start["generation_id"])

    @property
    def message_id(self) -> str:
        return str(self.start["message_id"])

    def of(self, name: str) -> list[Json]:
        return [event for event in self.events if event["type"] == name]


class Talk:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def say(self, message: str, **fields: object) -> Answer:
        """Says it and hears the answer out."""
        return await self.hear("POST", "/api/chat/stream", {"message": message, **fields})

    async def hear(self, method: str, path: str, body: Json | None = None) -> Answer:
        async with self.listen(method, path, body) as (response, events):
            heard = [event async for event in events]
        _assert_whole(heard)
        return Answer(heard, response.headers)

    @asynccontextmanager
    async def listen(
        self, method: str, path: str, body: Json | None = None
    ) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[Json]]]:
        """To leave when one likes."""
        async with self.http.stream(method, path, json=body, timeout=PATIENCE_SECONDS) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield response, _events(response)

    async def refused(self, status: int, code: str, **body: object) -> Json:
        """The error of what can't be said."""
        response = await self.http.post("/api/chat/stream", json=body)
        assert response.status_code == status, response.text
        error: Json = response.json()["error"]
        assert error["code"] == code, error
        return error


async def _events(response: httpx.Response) -> AsyncIterator[Json]:
    rest, place = "", 0
    async for text in response.aiter_text():
        *frames, rest = (rest + text).split("\n\n")
        for frame in frames:
            fields = re.sub(r"^(retry: [0-9]+|: .*)(\n|$)", "", frame)
            if not fields:
                continue
            found = _FRAME.fullmatch(fields)
            assert found is not None, frame
            ANSWER_EVENT.validate_json(found["data"])
            event = json.loads(found["data"])
            assert event["type"] == found["event"]
            assert int(found["id"]) > place
            place = int(found["id"])
            yield event
    assert not rest, rest


def _assert_whole(events: list[Json]) -> None:
    names = [event["type"] for event in events]
    assert names[0] == "start"
    assert names[-1] in {"done", "error"}
    assert len({"start", "done", "error"} & set(names)) == 2
    assert names.count("start") == names.count("done") + names.count("error") == 1

"""Following and stopping over HTTP. The answer is made by another host on the same database."""

import asyncio

import httpx
import pytest

from app.chat.events import Said
from app.chat.generations import GenerationLogs
from app.chat.generations.stream_schemas import ANSWER_EVENT
from app.db import Database
from app.kit.ids import new_id
from app.kit.sse import Decoder, Frame
from tests.chat.generations.turns import begin
from tests.fixtures.service import Service


async def _frames(response: httpx.Response) -> list[Frame]:
    decoder = Decoder()
    frames: list[Frame] = []
    async with asyncio.timeout(20):
        async for chunk in response.aiter_bytes():
            frames += decoder.feed(chunk)
    return frames


async def _followed(service: Service, path: str, place: str | None = None) -> list[Frame]:
    headers = {} if place is None else {"last-event-id": place}
    async with service.http.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        return await _frames(response)


async def test_it_is_followed_live_and_later_from_any_place(
    service: Service, logs: GenerationLogs, database: Database
) -> None:
    turn = await begin(database, logs)
    path = f"/api/chat/{turn.id}/stream"
    live = asyncio.create_task(_followed(service, path))
    await asyncio.sleep(0.1)
    turn.log.add(Said("Hello"))
    await turn.log.end(turn.said())
    frames = await live

    assert [(frame.event_id, frame.event) for frame in frames] == [
        ("1", "start"),
        ("2", "content"),
        ("3", "done"),
    ]
    for frame in frames:
        described = ANSWER_EVENT.validate_json(frame.data)
        assert described.type == frame.event
        assert described.model_dump_json() == frame.data
    for place in range(4):
        assert await _followed(service, path, str(place)) == frames[place:]
    assert await _followed(service, path, "999") == []
    for unusable in ("", "-1", "two", "1.5", "99999999999"):
        assert await _followed(service, path, unusable) == frames


async def test_it_is_stopped(service: Service, logs: GenerationLogs, database: Database) -> None:
    turn = await begin(database, logs)
    turn.obeys()
    answer = await service.http.post(f"/api/chat/{turn.id}/stop")
    assert answer.json() == {
        "generation_id": str(turn.id),
        "conversation_id": str(turn.conversation_id),
        "message_id": str(turn.message_id),
        "status": "stopped",
        "finish_reason": "stopped",
        "error_code": None,
    }
    assert (await service.http.post(f"/api/chat/{turn.id}/stop")).json() == answer.json()


@pytest.mark.parametrize(("method", "what"), [("GET", "stream"), ("POST", "stop")])
async def test_what_is_not_there_is_not_found(
    service: Service, logs: GenerationLogs, database: Database, method: str, what: str
) -> None:
    turn = await begin(database, logs)
    for generation_id, tenant in ((new_id(), "default"), (turn.id, "team-blue")):
        path = f"/api/chat/{generation_id}/{what}"
        answer = await service.http.request(method, path, headers={"x-tenant-id": tenant})
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "GENERATION_NOT_FOUND"
    answer = await service.http.request(method, f"/api/chat/nonsense/{what}")
    assert answer.status_code == 400

"""A room's messages aloud, each in its speaker's voice."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from app.kit.sse import Decoder
from app.negotiation.schemas import InitializeRequest
from app.voice import Casting
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.fakes.elevenlabs_sounds import sound
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
CHOSEN = "Xb7hH8MSUJpSbSDYk0k2"


def market() -> Json:
    example: Any = InitializeRequest.model_config["json_schema_extra"]
    body: Json = example["examples"][0]
    first, *rest = body["sellers"]
    return {**body, "seed": 7, "sellers": [{**first, "voice_id": CHOSEN}, *rest]}


async def negotiated(service: Service) -> tuple[str, list[Json]]:
    """The session's id and the messages of its room."""
    made = (await service.http.post("/api/v1/simulation/initialize", json=market())).json()
    room = made["negotiation_rooms"][0]
    chosen = {each["seller_name"]: each["voice_id"] for each in room["participating_sellers"]}
    assert chosen == {"TechStore": CHOSEN, "GadgetHub": None}
    await service.http.post(f"/api/v1/negotiation/{room['room_id']}/start")
    while True:
        state = (await service.http.get(f"/api/v1/negotiation/{room['room_id']}/state")).json()
        if state["status"] == "completed":
            said: list[Json] = state["conversation_history"]
            return made["session_id"], said
        await asyncio.sleep(0.05)


async def test_everybody_has_a_voice_of_their_own(service: Service, vendor: FakeElevenLabs) -> None:
    session_id, messages = await negotiated(service)
    speakers = {each["sender_name"]: each for each in messages if each["sender_type"] != "system"}
    voices = {}
    for name, message in speakers.items():
        url = f"/api/v1/voice/messages/{message['message_id']}"
        answer = await service.http.get(url)
        assert answer.content == sound(vendor.speeches[-1].body["text"], "mp3")
        assert vendor.speeches[-1].body["text"] in message["message"]
        voices[name] = vendor.speeches[-1].path.split("/")[3]
    assert voices["TechStore"] == CHOSEN
    assert voices["Alice"] == Casting().buyer
    assert len(set(voices.values())) == 3

    head = await service.http.head(url)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(answer.content)))
    again = await service.http.get(url, headers={"range": "bytes=0-0"})
    assert again.status_code == 206
    asked = len(vendor.speeches)
    other = await service.http.head(f"{url}?format=opus")
    assert "content-length" not in other.headers
    assert len(vendor.speeches) == asked, "nothing is made for a HEAD"

    page = await service.http.get("/api/v1/llm/calls?task=speech&limit=1")
    detail = (await service.http.get(f"/api/v1/llm/calls/{page.json()['calls'][0]['id']}")).json()
    assert detail["run_id"] is not None

    foreign = await service.http.get(url, headers={"x-tenant-id": "somebody-else"})
    assert foreign.status_code == 404
    await service.http.delete(f"/api/v1/simulation/{session_id}")
    gone = await service.http.get(url)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "MESSAGE_NOT_FOUND")


async def test_a_message_that_never_was(service: Service, vendor: FakeElevenLabs) -> None:
    answer = await service.http.get(f"/api/v1/voice/messages/{uuid4()}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "MESSAGE_NOT_FOUND")
    assert not vendor.speeches


async def test_a_voice_that_cant_be_one_is_refused(service: Service) -> None:
    body = market()
    body["buyer"] = {**body["buyer"], "voice_id": "no voice!"}
    answer = await service.http.post("/api/v1/simulation/initialize", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "buyer.voice_id"


async def test_after_its_end_nothing_is_said_again(
    service: Service, vendor: FakeElevenLabs
) -> None:
    _, messages = await negotiated(service)
    message = next(each for each in messages if each["sender_type"] != "system")
    url = f"/api/v1/voice/messages/{message['message_id']}?with=timestamps"
    frames = list(Decoder().feed((await service.http.get(url)).content))
    assert frames[-1].event == "done"
    end = int(frames[-1].event_id or 0)
    for last, events in ((end - 1, ["done"]), (end, []), (end + 1, [])):
        again = await service.http.get(url, headers={"last-event-id": str(last)})
        assert again.status_code == 200
        assert [frame.event for frame in Decoder().feed(again.content)] == events

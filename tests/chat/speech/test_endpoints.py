"""Conversations aloud, over HTTP: answers heard while they are made, questions spoken."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from app.db import Address, Database
from app.kit.ids import new_id
from app.kit.sse import Decoder, Frame
from tests.chat.speech.halting import HaltingUpstream
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.fakes.elevenlabs_hearing import PATH, Listener
from tests.fakes.elevenlabs_socket import Session
from tests.fakes.elevenlabs_sounds import sound
from tests.fixtures.service import Service

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("vendors")]

FIRST = "It rains in the south today."
SPOKEN = [FIRST, "Take a coat with you!", "Or stay here.", "Bye."]
TEXTS = [FIRST, "Take a coat with you!", "**Or** stay here.", "```\nx = 1\n```", "Bye."]


async def ask(service: Service) -> UUID:
    """Asks something; returns the generation's id, once it is there."""
    body = {"message": "How is the weather?"}
    async with service.http.stream("POST", "/api/chat/stream", json=body) as answer:
        return UUID(answer.headers["x-parley-generation"])


async def ended(service: Service, generation_id: UUID | str) -> str:
    """What was said, once that is all."""
    told = (await service.http.get(f"/api/chat/{generation_id}/stream")).text
    data = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
    return "".join(event["content"] for event in data if event["type"] == "content")


async def answered(service: Service, model: HaltingUpstream) -> UUID:
    model.go.set()
    generation_id = await ask(service)
    await ended(service, generation_id)
    return generation_id


class Stream:
    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._decoder = Decoder()
        self._frames: list[Frame] = []
        self.ids: list[str] = []

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> dict[str, Any]:
        while not self._frames:
            self._frames += self._decoder.feed(await anext(self._chunks))
        frame = self._frames.pop(0)
        self.ids.append(frame.event_id)
        told: dict[str, Any] = json.loads(frame.data)
        assert told["type"] == frame.event
        return told


@asynccontextmanager
async def listening(
    service: Service, generation_id: UUID | str, **options: Any
) -> AsyncIterator[Stream]:
    url = f"/api/chat/{generation_id}/speech"
    params = {"with": "timestamps", **options.pop("params", {})}
    async with service.http.stream("GET", url, params=params, **options) as response:
        if response.status_code != 200:
            await response.aread()
        assert response.status_code == 200, response.text
        yield Stream(response.aiter_bytes())


async def rest(stream: Stream) -> list[dict[str, Any]]:
    return [event async for event in stream]


async def all_said(voice: FakeElevenLabs, session: Session) -> None:
    await voice.spoken_to.until(lambda: session.ended)


async def gone(voice: FakeElevenLabs, session: Session) -> None:
    await voice.spoken_to.until(lambda: session.closed)


def heard(events: list[dict[str, Any]]) -> str:
    return "".join("".join(event.get("characters", [])) for event in events)


async def test_the_first_sound_comes_before_the_answer_has_ended(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await ask(talking)
    async with listening(talking, generation_id) as stream:
        first = [await anext(stream), await anext(stream)]
        model.go.set()
        events = [*first, *await rest(stream)]
    assert [event["type"] for event in first] == ["sentence", "audio"]
    assert [e["text"] for e in events if e["type"] == "sentence"] == TEXTS
    assert [e["code"] for e in events if e["type"] == "sentence"] == [False] * 3 + [True, False]
    audio = [event for event in events if event["type"] == "audio"]
    assert [event["sentence"] for event in audio] == [1, 2, 3, 5]
    assert heard(events) == "".join(f"{sentence} " for sentence in SPOKEN)
    assert all(b64decode(event["audio"]) for event in audio)
    starts = [start for event in audio for start in event["starts"]]
    assert starts == sorted(starts)
    assert events[-1] == {"type": "done", "sentences": 5, "stopped": False}
    assert stream.ids == ["0", "0", "1", "1", "2", "2", "3", "4", "4", "5"]
    session = await voice.spoken_to.session()
    assert session.texts == [f"{sentence} " for sentence in SPOKEN]


async def test_sound_alone_is_all_of_it_in_one_piece(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await answered(talking, model)
    response = await talking.http.get(f"/api/chat/{generation_id}/speech?format=opus")
    assert response.headers["content-type"] == "audio/ogg; codecs=opus"
    made = voice.spoken_to.sound
    assert response.content == b"".join(made(f"{sentence} ") for sentence in SPOKEN)
    session = await voice.spoken_to.session()
    assert session.query["output_format"] == "opus_48000_64"


@pytest.mark.parametrize("way", [{"params": {"after": 2}}, {"headers": {"last-event-id": "2"}}])
async def test_it_goes_on_after_a_sentence(
    talking: Service, model: HaltingUpstream, way: dict[str, Any]
) -> None:
    generation_id = await answered(talking, model)
    async with listening(talking, generation_id, **way) as stream:
        events = await rest(stream)
    assert [e["index"] for e in events if e["type"] == "sentence"] == [3, 4, 5]
    assert heard(events) == "Or stay here. Bye. "


async def test_a_stop_ends_answer_and_speech_at_once(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await ask(talking)
    async with listening(talking, generation_id) as stream:
        first = [await anext(stream), await anext(stream)]
        stopped = await talking.http.post(f"/api/chat/{generation_id}/stop")
        events = [*first, *await rest(stream)]
    assert stopped.json()["status"] == "stopped"
    assert events[-1] == {"type": "done", "sentences": 1, "stopped": True}
    assert heard(events) == f"{FIRST} "
    session = await voice.spoken_to.session()
    await gone(voice, session)
    assert await ended(talking, generation_id) == "It rains in the south today. Take a "


async def test_a_stop_ends_the_speech_of_an_answer_that_has_ended(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await answered(talking, model)
    voice.spoken_to.fault = "slow"
    url = f"/api/chat/{generation_id}/speech"
    voice.spoken_to.pace.set()
    async with talking.http.stream("GET", url) as response:
        session = await voice.spoken_to.session()
        pieces = response.aiter_raw()
        first = await anext(pieces)
        await talking.http.post(f"/api/chat/{generation_id}/stop")
        assert not [piece async for piece in pieces]
    assert first.startswith(b"ID3")
    await gone(voice, session)


async def test_whoever_leaves_ends_the_speech_alone(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await ask(talking)
    async with listening(talking, generation_id) as stream:
        await anext(stream)
    session = await voice.spoken_to.session()
    await gone(voice, session)
    model.go.set()
    assert (await ended(talking, generation_id)).endswith("Bye.")


async def test_whoever_leaves_before_the_first_sound_ends_the_speech_too(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await answered(talking, model)
    voice.spoken_to.fault = "silent"
    for number, extra in enumerate(("", "?with=timestamps"), start=1):
        url = f"/api/chat/{generation_id}/speech{extra}"
        leaving = asyncio.create_task(talking.http.get(url))
        session = await voice.spoken_to.session(number)
        await all_said(voice, session)
        leaving.cancel()
        await gone(voice, session)


async def test_a_long_answer_takes_several_speeches(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    sentences = [f"A sentence, and what is more: {name}." for name in ("Ada", "Bo", "Cy", "Di")]
    long = "Without an end, " * 9
    model.answer = f"{' '.join(sentences)} {long}"
    generation_id = await answered(talking, model)
    async with listening(talking, generation_id) as stream:
        events = await rest(stream)
    texts = [session.texts for session in voice.spoken_to.sessions]
    assert [len(each) for each in texts] == [2, 2, 1, 1, 1]
    assert all(len("".join(each)) <= 72 for each in texts)
    assert heard(events).split() == model.answer.split()
    starts = [start for event in events for start in event.get("starts", [])]
    assert starts == sorted(starts)
    assert len(set(starts)) == len(starts)
    assert events[-1] == {"type": "done", "sentences": 5, "stopped": False}


async def test_a_voice_that_dies_leaves_the_text(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    voice.spoken_to.fault = "cut"
    generation_id = await ask(talking)
    async with listening(talking, generation_id) as stream:
        first = [await anext(stream), await anext(stream), await anext(stream)]
        model.go.set()
        events = [*first, *await rest(stream)]
    kinds = ["sentence", "audio", "notice", "sentence", "sentence", "sentence", "sentence", "done"]
    assert [event["type"] for event in events] == kinds
    assert events[2]["code"] == "VOICE_UNAVAILABLE"
    assert [e["text"] for e in events if e["type"] == "sentence"] == TEXTS
    assert (await ended(talking, generation_id)).endswith("Bye.")


async def test_an_answer_that_breaks_off_says_so_after_what_was_said(
    talking: Service, model: HaltingUpstream
) -> None:
    model.breaks = True
    generation_id = await answered(talking, model)
    async with listening(talking, generation_id) as stream:
        events = await rest(stream)
    assert heard(events).startswith(f"{FIRST} Take a coat with you! ")
    assert events[-1]["type"] == "error"
    assert events[-1]["error_code"].startswith("LLM_")
    response = await talking.http.get(f"/api/chat/{generation_id}/speech")
    assert response.content.count(b"TIT2") == len([e for e in events if e["type"] == "audio"])


async def test_without_a_voice_it_is_an_error(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    generation_id = await answered(talking, model)
    voice.spoken_to.fault = "quota"
    for extra in ("", "?with=timestamps"):
        response = await talking.http.get(f"/api/chat/{generation_id}/speech{extra}")
        assert response.status_code == 503
        assert response.json()["error"]["code"] == "VOICE_UNAVAILABLE"
        assert "no characters left" in response.json()["error"]["message"]


async def test_over_budget_it_is_an_error_and_the_text_is_there(
    talking: Service, model: HaltingUpstream, voice: FakeElevenLabs
) -> None:
    budget = {"task": "speech", "limit_usd": "0.001"}
    (await talking.http.put("/api/v1/llm/budgets/voices", json=budget)).raise_for_status()
    generation_id = await answered(talking, model)
    response = await talking.http.get(f"/api/chat/{generation_id}/speech")
    (await talking.http.delete("/api/v1/llm/budgets/voices")).raise_for_status()
    assert response.json()["error"]["code"] == "VOICE_BUDGET_EXCEEDED"
    assert not voice.spoken_to.sessions
    assert (await ended(talking, generation_id)).endswith("Bye.")


async def test_an_answer_of_nobody_or_of_somebody_else(
    talking: Service, model: HaltingUpstream
) -> None:
    generation_id = await answered(talking, model)
    for wanted in (new_id(), generation_id):
        headers = {"x-tenant-id": "another"}
        response = await talking.http.get(f"/api/chat/{wanted}/speech", headers=headers)
        assert response.status_code == 404, response.text
        assert response.json()["error"]["code"] == "GENERATION_NOT_FOUND"


async def test_it_is_in_the_ledger_and_in_the_timings(
    talking: Service, model: HaltingUpstream
) -> None:
    generation_id = await answered(talking, model)
    await talking.http.get(f"/api/chat/{generation_id}/speech")
    params = {"run_id": str(generation_id), "task": "speech"}
    calls = (await talking.http.get("/api/v1/llm/calls", params=params)).json()["calls"]
    assert [call["characters"] for call in calls] == [sum(map(len, SPOKEN))]
    assert [call["status"] for call in calls] == ["ok"]


@pytest.fixture
def ears(voice: FakeElevenLabs) -> Listener:
    voice.routes[PATH] = listener = Listener()
    return listener


async def talk(service: Service, **fields: str) -> httpx.Response:
    recording = {"file": ("said.mp3", sound("Hello", "mp3_44100_128"), "audio/mpeg")}
    return await service.http.post("/api/chat/voice", files=recording, data=fields)


async def timings(address: Address, generation_id: str) -> list[str]:
    query = text("SELECT part FROM chat_timings WHERE generation_id = :id ORDER BY part")
    database = Database(address)
    try:
        async with database.read("default") as unit:
            rows = await unit.session.execute(query, {"id": generation_id})
            return list(rows.scalars())
    finally:
        await database.aclose()


async def test_what_is_said_is_asked_and_its_answer_heard(
    talking: Service, model: HaltingUpstream, ears: Listener, address: Address
) -> None:
    model.go.set()
    said = (await talk(talking, template="technical")).json()
    assert said["text"] == ears.text
    assert (await ended(talking, said["generation_id"])).endswith("Bye.")
    async with listening(talking, said["generation_id"]) as stream:
        assert (await rest(stream))[-1]["type"] == "done"
    again = (await talk(talking, conversation_id=said["conversation_id"])).json()
    assert again["conversation_id"] == said["conversation_id"]
    url = f"/api/conversations/{said['conversation_id']}/messages"
    messages = (await talking.http.get(url)).json()["messages"]
    assert [m["content"] for m in messages if m["role"] == "user"] == [ears.text] * 2
    while len(parts := await timings(address, said["generation_id"])) < 3:
        await asyncio.sleep(0.02)
    assert parts == ["end_to_end", "speech_to_text", "text_to_speech"]


async def test_what_cannot_be_asked(talking: Service, ears: Listener) -> None:
    ears.fault = "silence"
    nothing = await talk(talking)
    ears.fault = "ok"
    odd = await talk(talking, conversation_id="mine")
    unknown = await talk(talking, conversationId=str(new_id()))
    answers = [nothing, odd, unknown]
    assert [answer.status_code for answer in answers] == [400, 400, 404]
    codes = ["NOTHING_HEARD", "VALIDATION_ERROR", "CONVERSATION_NOT_FOUND"]
    assert [answer.json()["error"]["code"] for answer in answers] == codes
    assert odd.json()["error"]["details"][0]["field"] == "conversation_id"


async def test_a_message_is_read_aloud_by_its_id(
    talking: Service, model: HaltingUpstream, ears: Listener
) -> None:
    model.go.set()
    said = (await talk(talking)).json()
    await ended(talking, said["generation_id"])
    url = f"/api/v1/voice/messages/{said['message_id']}"
    response = await talking.http.get(url)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "audio/mpeg"
    another = await talking.http.get(url, headers={"x-tenant-id": "another"})
    assert another.status_code == 404

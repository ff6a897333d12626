"""Recordings over HTTP, before a vendor that listens well and one that doesn't."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from app.kit.clock import iso_z, utc_now
from app.web import FORM_BYTES
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.elevenlabs_hearing import PATH, Listener
from tests.fakes.elevenlabs_sounds import sound
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

URL = "/api/v1/voice/transcriptions"
RECORDING = sound("Hello", "mp3_44100_128")
LIMIT = 20_000


@pytest.fixture
def listener(vendor: FakeElevenLabs) -> Iterator[Listener]:
    listener = Listener()
    vendor.routes[PATH] = listener
    yield listener
    vendor.routes.clear()


async def send(service: Service, content: bytes = RECORDING, **fields: str) -> httpx.Response:
    files = {"file": ("said.mp3", content, "audio/mpeg")}
    return await service.http.post(URL, files=files, data=fields)


async def newest_call(service: Service, since: str) -> dict[str, Any]:
    params = {"task": "transcription", "from": since}
    while True:
        page = (await service.http.get("/api/v1/llm/calls", params=params)).json()
        if page["total"]:
            found: dict[str, Any] = page["calls"][0]
            return found
        await asyncio.sleep(0.02)


async def test_a_recording_becomes_text(service: Service, listener: Listener) -> None:
    since = iso_z(utc_now())
    response = await send(service, language="en")
    assert response.status_code == 200, response.text
    told = response.json()
    assert told["text"] == "How is the weather in Graz?"
    assert (told["language"], told["seconds"]) == ("eng", 3.0)
    assert told["words"][1] == {"text": "is", "start": 0.5, "end": 0.9}
    assert len(told["words"]) == 6
    [heard] = listener.heard
    assert heard.file == RECORDING
    assert (heard.key, heard.name, heard.content_type) == (KEY, "said.mp3", "audio/mpeg")
    assert heard.fields["model_id"] == "scribe_v1"
    assert heard.fields["language_code"] == "en"
    call = await newest_call(service, since)
    assert (call["status"], call["seconds"]) == ("ok", 3.0)
    assert float(call["cost_usd"]) == pytest.approx(0.40 * 3 / 3600, abs=1e-9)


async def test_the_body_may_be_the_recording_itself(service: Service, listener: Listener) -> None:
    kind = {"content-type": "audio/webm;codecs=opus"}
    content = b"\x1aE\xdf\xa3" + bytes(LIMIT - 4)
    response = await service.http.post(URL, content=content, headers=kind)
    assert response.status_code == 200, response.text
    [heard] = listener.heard
    assert heard.file == content
    assert "language_code" not in heard.fields


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "EMPTY_RECORDING"), (b"%PDF-1.7 and more", "NOT_A_RECORDING")],
)
async def test_what_is_no_recording_is_not_sent_on(
    service: Service, listener: Listener, content: bytes, code: str
) -> None:
    response = await send(service, content)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    assert not listener.heard


async def untold() -> AsyncIterator[bytes]:
    """Too much, without a word of how much."""
    yield RECORDING
    for _ in range((LIMIT + FORM_BYTES) // 4096):
        yield bytes(4096)


async def test_what_is_too_large_is_refused(service: Service, listener: Listener) -> None:
    for size in (LIMIT + 1, LIMIT + FORM_BYTES):
        response = await send(service, RECORDING + bytes(size - len(RECORDING)))
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"
    kind = {"content-type": "audio/mpeg"}
    response = await service.http.post(URL, content=untold(), headers=kind)
    assert response.status_code == 413
    assert str(LIMIT) in response.json()["error"]["message"]
    assert not listener.heard


async def test_a_body_that_is_no_upload(service: Service, listener: Listener) -> None:
    plain = await service.http.post(URL, json={"file": "me.mp3"})
    assert "content-type should be multipart/form-data" in plain.json()["error"]["message"]
    broken = {"content-type": "multipart/form-data"}
    no_form = await service.http.post(URL, content=b"--x", headers=broken)
    assert no_form.json()["error"]["details"][0]["field"] == "body"
    no_file = await service.http.post(URL, files={"other": ("a", RECORDING, "audio/mpeg")})
    assert no_file.json()["error"]["details"][0]["field"] == "file"
    odd = await send(service, language="Klingon")
    assert odd.json()["error"]["details"][0]["field"] == "language"
    for response in (plain, no_form, no_file, odd):
        assert response.status_code == 400
    assert not listener.heard


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("refuse", 503, "hung up"),
        ("cut", 503, "hung up"),
        ("html", 503, "no transcript"),
        ("nonsense", 503, "no transcript"),
        ("status-500", 503, "status 500"),
        ("status-401", 503, "refuses the key"),
        ("status-400", 400, "no recording that can be heard"),
    ],
)
async def test_what_goes_wrong_has_a_cause(
    service: Service, listener: Listener, fault: str, status: int, told: str
) -> None:
    listener.fault = fault
    response = await send(service)
    listener.fault = "ok"
    assert response.status_code == status, response.text
    message = response.json()["error"]["message"]
    assert told in message
    assert "no speech" not in message, "which would be said of the recording"
    tries = 2 if status == 503 and fault != "status-401" else 1
    assert len(listener.heard) == tries
    assert (await send(service)).status_code == 200  # and nobody is left alone for it


async def test_whoever_leaves_is_not_listened_for(service: Service, listener: Listener) -> None:
    listener.fault = "hang"
    sending = asyncio.create_task(send(service))
    while not listener.heard:
        await asyncio.sleep(0.01)
    sending.cancel()
    await listener.hung_up.wait()

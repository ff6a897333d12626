"""Speech over HTTP, before a vendor that is well and one that isn't."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.kit.clock import iso_z, utc_now
from app.kit.json import loads
from app.kit.sse import Decoder, Frame
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.elevenlabs_sounds import sound
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]


def words(count: int = 6) -> str:
    """A text that nobody said before."""
    return " ".join([uuid4().hex[:6] for _ in range(count)])


async def say(service: Service, text: str, **body: Any) -> httpx.Response:
    return await service.http.post("/api/v1/voice/speech", json={"text": text, **body})


@pytest.fixture
def since() -> datetime:
    return utc_now()


async def row(service: Service, since: datetime, *, status: str, cache: str = "miss") -> Json:
    """The one row of this test's that says so, as soon as it is there."""
    wanted = {"task": "speech", "from": iso_z(since), "status": status, "cache": cache}
    while True:
        page = (await service.http.get("/api/v1/llm/calls", params=wanted)).json()
        if page["total"]:
            assert page["total"] == 1
            found: Json = page["calls"][0]
            return found
        await asyncio.sleep(0.02)


def events(body: bytes) -> list[Frame]:
    return list(Decoder().feed(body))


async def test_speech_comes_as_it_is_made(service: Service, vendor: FakeElevenLabs) -> None:
    vendor.fault = "paced"
    text = words(20)
    async with service.http.stream("POST", "/api/v1/voice/speech", json={"text": text}) as answer:
        assert answer.headers["content-type"] == "audio/mpeg"
        pieces = answer.aiter_raw()
        first = await anext(pieces)  # while the vendor holds back the rest
        for _ in range(200):
            vendor.pace.release()
        heard = first + b"".join([piece async for piece in pieces])
    assert heard == sound(text, "mp3")
    asked = vendor.speeches[-1]
    assert asked.body["text"] == text
    assert asked.body["model_id"] == "eleven_flash_v2_5"
    assert "output_format=mp3_44100_128" in asked.path


async def test_it_costs_what_the_vendor_bills_and_nothing_the_second_time(
    service: Service, vendor: FakeElevenLabs, since: datetime
) -> None:
    text = words()
    first = await say(service, text)
    made = await row(service, since, status="ok")
    assert made["characters"] == len(text)
    assert float(made["cost_usd"]) == pytest.approx(len(text) * 0.05 / 1000)
    assert (made["provider"], made["model"]) == ("elevenlabs", "eleven_flash_v2_5")
    second = await say(service, text)
    assert second.content == first.content
    again = await row(service, since, status="ok", cache="hit")
    assert (again["characters"], float(again["cost_usd"])) == (0, 0)
    assert len(vendor.speeches) == 1


async def test_what_is_finished_takes_ranges(
    service: Service, vendor: FakeElevenLabs, since: datetime
) -> None:
    text = words(30)
    whole = (await say(service, text)).content
    await row(service, since, status="ok")
    url, body = "/api/v1/voice/speech", {"text": text}

    async def ask(**headers: str) -> httpx.Response:
        return await service.http.post(url, json=body, headers=headers)

    found = await ask()
    assert (found.headers["accept-ranges"], found.headers["content-length"]) == (
        "bytes",
        str(len(whole)),
    )
    part = await ask(range="bytes=100-299")
    assert (part.status_code, part.content) == (206, whole[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert (await ask(range="bytes=-10")).content == whole[-10:]
    beyond = await ask(range=f"bytes={len(whole)}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"
    changed = await ask(range="bytes=0-9", **{"if-range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole)
    same = await ask(**{"if-none-match": found.headers["etag"]})
    assert same.status_code == 304
    assert len(vendor.speeches) == 1


async def test_equal_requests_wait_for_one(service: Service, vendor: FakeElevenLabs) -> None:
    vendor.fault = "paced"
    text = words(20)
    asking = [asyncio.create_task(say(service, text)) for _ in range(5)]
    await vendor.asked()
    for _ in range(200):
        vendor.pace.release()
    answers = await asyncio.gather(*asking)
    assert {answer.content for answer in answers} == {sound(text, "mp3")}
    assert len(vendor.speeches) == 1


async def test_a_listener_that_leaves_closes_the_vendor(
    service: Service, vendor: FakeElevenLabs, since: datetime
) -> None:
    vendor.fault = "stuck"
    text = words(20)
    async with service.http.stream("POST", "/api/v1/voice/speech", json={"text": text}) as answer:
        await anext(answer.aiter_raw())
    await (await vendor.asked()).hung_up()
    left = await row(service, since, status="cancelled")
    assert left["characters"] == len(text)


async def test_one_that_leaves_before_the_first_sound_does_too(
    service: Service, vendor: FakeElevenLabs, since: datetime
) -> None:
    vendor.fault = "silent"
    asking = asyncio.create_task(say(service, words()))
    asked = await vendor.asked()
    asking.cancel()
    await asked.hung_up()
    await row(service, since, status="cancelled")  # which a vendor that was too late isn't


async def test_who_stays_hears_the_rest(service: Service, vendor: FakeElevenLabs) -> None:
    vendor.fault = "paced"
    text = words(20)
    body = {"text": text}
    async with service.http.stream("POST", "/api/v1/voice/speech", json=body) as first:
        pieces = first.aiter_raw()  # one that nobody holds any more hangs up
        await anext(pieces)
        staying = service.http.stream("POST", "/api/v1/voice/speech", json=body)
        second = await staying.__aenter__()
    for _ in range(200):
        vendor.pace.release()
    assert await second.aread() == sound(text, "mp3")
    await staying.__aexit__(None, None, None)
    assert len(vendor.speeches) == 1


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("silent", "said nothing for 1 s"),
        ("refuse", "hung up before it was done"),
        ("empty", "answered without a sound"),
        ("garbage", "hung up before it was done|isn't HTTP"),
        ("html", "something that is no sound"),
        ("quota", "no characters left"),
        ("status-403", "refuses the key"),
        ("status-422", "refused with status 422"),
    ],
)
async def test_without_a_sound_it_is_a_503_with_the_cause(
    service: Service, vendor: FakeElevenLabs, since: datetime, fault: str, cause: str
) -> None:
    await say(service, words())  # so that no breaker opens
    vendor.fault, text = fault, words()
    answer = await say(service, text)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "VOICE_UNAVAILABLE")
    assert any(each in error["message"] for each in cause.split("|")), error["message"]
    assert KEY not in answer.text
    assert text not in answer.text
    await row(service, since, status="error")


async def test_too_many_requests_pass_on_when_to_come_back(
    service: Service, vendor: FakeElevenLabs
) -> None:
    vendor.fault = "status-429-after-7"
    answer = await say(service, words())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert len(vendor.speeches) == 1


async def test_a_passing_failure_is_tried_again(
    service: Service, vendor: FakeElevenLabs, since: datetime
) -> None:
    vendor.faults.extend(["status-500", "refuse"])
    text = words()
    assert (await say(service, text)).content == sound(text, "mp3")
    assert len(vendor.speeches) == 3
    made = await row(service, since, status="ok")
    tried = [each["status"] for each in made["attempts"]]
    assert tried == ["error", "error", "ok"]


async def test_cut_speech_is_cut_and_never_kept(service: Service, vendor: FakeElevenLabs) -> None:
    vendor.fault = "cut"
    text = words(20)
    with pytest.raises(httpx.RemoteProtocolError):
        await say(service, text)
    assert len(vendor.speeches) == 1, "what was heard isn't begun anew"
    vendor.fault = "ok"
    assert (await say(service, text)).content == sound(text, "mp3")
    assert len(vendor.speeches) == 2


@pytest.mark.parametrize("form", ["mp3", "opus", "pcm"])
async def test_what_only_claims_to_be_sound_is_refused_and_never_kept(
    service: Service, vendor: FakeElevenLabs, since: datetime, form: str
) -> None:
    vendor.fault, text = "nonsense", words()
    answer = await say(service, text, format=form)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "VOICE_UNAVAILABLE")
    assert "something that is no sound" in error["message"]
    await row(service, since, status="error")
    vendor.fault = "ok"
    assert (await say(service, text, format=form)).content == sound(text, form)


async def test_speech_without_an_end_is_cut(service: Service, vendor: FakeElevenLabs) -> None:
    vendor.fault = "endless"
    with pytest.raises(httpx.RemoteProtocolError):
        await say(service, "Hi!")
    await (await vendor.asked()).hung_up()


async def test_timed_speech_tells_when_each_character_is_spoken(
    service: Service, vendor: FakeElevenLabs, since: datetime
) -> None:
    text = f"Take it! {words(3)}\n\n```python\nprint(1)\n```"
    url = "/api/v1/voice/speech?with=timestamps"
    first = await service.http.post(url, json={"text": text})
    frames = events(first.content)
    said = "".join(
        "".join(_data(frame)["characters"]) for frame in frames if frame.event == "audio"
    )
    spoken = text.partition("\n")[0]
    assert said == spoken
    assert [frames[0].event, frames[-1].event] == ["notice", "done"]
    assert _data(frames[-1])["characters"] == len(spoken)
    assert _data(frames[-1])["seconds"] == pytest.approx(0.06 * len(spoken))
    await row(service, since, status="ok")
    again = await service.http.post(url, json={"text": text})
    assert events(again.content) == frames
    assert len(vendor.speeches) == 1


async def test_timed_speech_that_breaks_off_says_so(
    service: Service, vendor: FakeElevenLabs
) -> None:
    vendor.fault = "cut"
    url = "/api/v1/voice/speech?with=timestamps"
    answer = await service.http.post(url, json={"text": words()})
    frames = events(answer.content)
    assert [frame.event for frame in frames] == ["audio", "error"]
    assert _data(frames[-1])["error_code"] == "VOICE_UNAVAILABLE"
    vendor.fault = "nonsense"
    assert (await service.http.post(url, json={"text": words()})).status_code == 503


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "x" * 501}, "TEXT_TOO_LONG"),
        ({"text": "```\ncode\n```"}, "NOTHING_TO_SAY"),
        ({"text": "Hello", "voice_id": "Unknown1234567890"}, "UNKNOWN_VOICE"),
        ({"text": "Hello", "voice_id": "../../etc"}, "VALIDATION_ERROR"),
        ({"text": "Hello", "format": "wav"}, "VALIDATION_ERROR"),
        ({"text": "Hello", "settings": {"speed": 9}}, "VALIDATION_ERROR"),
    ],
)
async def test_what_cant_be_said_is_refused(
    service: Service, vendor: FakeElevenLabs, body: Json, code: str
) -> None:
    answer = await service.http.post("/api/v1/voice/speech", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize("form", ["opus", "pcm"])
async def test_other_formats_and_deliveries(
    service: Service, vendor: FakeElevenLabs, form: str
) -> None:
    text = words()
    answer = await say(service, text, format=form, settings={"stability": 0.3, "speed": 1.1})
    assert answer.content == sound(text, form)
    assert vendor.speeches[-1].body["voice_settings"] == {"stability": 0.3, "speed": 1.1}


async def test_over_budget_it_is_a_402_and_the_vendor_isnt_asked(
    service: Service, vendor: FakeElevenLabs
) -> None:
    url = "/api/v1/llm/budgets/speech"
    budget = {"period": "day", "limit_usd": 0.000001, "task": "speech"}
    assert (await service.http.put(url, json=budget)).is_success
    try:
        answer = await say(service, words())
    finally:
        await service.http.delete(url)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "VOICE_BUDGET_EXCEEDED")
    assert not vendor.speeches


async def test_the_voices_that_there_are(service: Service, vendor: FakeElevenLabs) -> None:
    found = (await service.http.get("/api/v1/voice/voices?limit=2&offset=1")).json()
    assert (found["total"], [voice["name"] for voice in found["voices"]]) == (
        3,
        ["Jessica", "Callum"],
    )
    assert found["voices"][0]["uses"] == ["buyer"]
    assert found["voices"][0]["preview_url"].startswith("https://")


def _data(frame: Frame) -> Json:
    told: Json = loads(frame.data)
    return told

"""What the web server under the service says, and what it leaves to the service to say."""

import json
from typing import Any

import httpx
import pytest

from tests.crash.processes import PATIENCE_SECONDS, Processes, Running
from tests.fakes.elevenlabs import KEY, FakeElevenLabs

pytestmark = pytest.mark.crash


def warnings(service: Running) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in service.said.splitlines() if line.startswith("{")]
    return [line for line in lines if line["level"] in ("warning", "error")]


def talking_to(service: Running) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=service.url, timeout=PATIENCE_SECONDS)


async def test_an_answer_that_a_vendor_breaks_off_leaves_no_traceback(processes: Processes) -> None:
    async with FakeElevenLabs() as vendor:
        vendor.fault = "cut"
        service = await processes.serve(ELEVENLABS_API_KEY=KEY, ELEVENLABS_BASE_URL=vendor.base_url)
        async with talking_to(service) as http:
            with pytest.raises(httpx.RemoteProtocolError):
                await http.post("/api/v1/voice/speech", json={"text": "Hello there. " * 20})
    assert await service.terminate() == 0
    [told] = warnings(service)
    assert (told["event"], told["code"]) == ("request.refused", "VOICE_UNAVAILABLE")


async def test_who_asks_for_a_websocket_gets_an_answer_over_http(processes: Processes) -> None:
    service = await processes.serve()
    asking = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with talking_to(service) as http:
        answer = await http.get("/api/v1/llm/status", headers=asking)
    assert answer.status_code == 200
    [told] = warnings(service)
    assert told["event"] == "Unsupported upgrade request."

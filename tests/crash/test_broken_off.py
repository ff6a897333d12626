"""An answer that breaks off for somebody else's fault is told in one line, and is no bug."""

import json

import httpx
import pytest

from tests.crash.processes import PATIENCE_SECONDS, Processes
from tests.fakes.elevenlabs import KEY, FakeElevenLabs

pytestmark = pytest.mark.crash


async def test_a_vendor_that_hangs_up_leaves_no_traceback(processes: Processes) -> None:
    async with FakeElevenLabs() as vendor:
        vendor.fault = "cut"
        service = await processes.serve(ELEVENLABS_API_KEY=KEY, ELEVENLABS_BASE_URL=vendor.base_url)
        async with httpx.AsyncClient(base_url=service.url, timeout=PATIENCE_SECONDS) as http:
            with pytest.raises(httpx.RemoteProtocolError):
                await http.post("/api/v1/voice/speech", json={"text": "Hello there. " * 20})
    assert await service.terminate() == 0
    lines = [json.loads(line) for line in service.said.splitlines() if line.startswith("{")]
    [told] = [line for line in lines if line["level"] in ("warning", "error")]
    assert (told["event"], told["code"]) == ("request.refused", "VOICE_UNAVAILABLE")

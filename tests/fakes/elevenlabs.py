"""ElevenLabs on loopback, well or badly as it is told: speech, voices, and its websocket.

    async with FakeElevenLabs() as vendor:
        ...  # vendor.base_url, vendor.requests, vendor.fault = "cut"

A request's fault is the next of `faults`, else `fault`. Wire and field names as in the SDK's
`text_to_speech/raw_client.py`, `voices/raw_client.py` and its types.
"""

import asyncio
import json
import re
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes.elevenlabs_socket import SpokenTo
from tests.fakes.elevenlabs_sounds import SECONDS_PER_CHARACTER, content_type, sound
from tests.fakes.http_server import Exchange, Handler, HttpServer, Recorded

KEY = "sk-canary-elevenlabs"
_JSON = {"content-type": "application/json"}
_PIECE = 2048
_LINE = 8
_SPEECH = re.compile(r"/v1/text-to-speech/([^/?]+)/stream(/with-timestamps)?")
_STATUS = re.compile(r"status-(\d{3})(?:-after-(\d+))?")

FAULTS = (
    "ok",
    "refuse",  # hangs up in place of an answer
    "hang",  # takes the request and says nothing
    "silent",  # answers with headers and no sound
    "stuck",  # falls silent after the first sound
    "cut",  # is gone after the first sound
    "empty",  # answers well, without a sound
    "garbage",  # something that was never HTTP
    "html",  # somebody else's page
    "nonsense",  # JSON that is no speech
    "quota",  # nothing is left in the plan
    "paced",  # after the first sound, each waits for `pace.release()`
    "endless",
)
"""Beside `status-503`, `status-429-after-1` and the like."""

VOICES = (
    ("JBFqnCBsd6RMkjVDRZzb", "George", "warm"),
    ("cgSgspJ2msm6clMCkdW9", "Jessica", "expressive"),
    ("N2lVS1w4EtoT3dr4eOWO", "Callum", "intense"),
)


class FakeElevenLabs:
    """Takes `KEY` only. A voice id that begins with `Unknown` isn't known. `routes` answers further
    paths, by how they begin; `told_cost` is whether answers tell what they are billed for."""

    def __init__(self, *, fault: str = "ok", host: str = "127.0.0.1", port: int = 0) -> None:
        self.fault = fault
        self.faults: deque[str] = deque()
        self.told_cost = True
        self.voices: list[dict[str, Any]] = [_voice(*each) for each in VOICES]
        self.requests: deque[Recorded] = deque(maxlen=10_000)
        self.pace = asyncio.Semaphore(0)
        self.routes: dict[str, Handler] = {}
        self.spoken_to = SpokenTo(lambda text: sound(text, "mp3"), api_key=KEY)
        self._came = asyncio.Event()
        self._server = HttpServer(
            self._handle, host=host, port=port, upgrade=self.spoken_to.upgrade
        )

    @property
    def base_url(self) -> str:
        return f"http://{self._server.host}:{self._server.port}"

    @property
    def speeches(self) -> list[Recorded]:
        """The requests for speech so far."""
        return [each for each in self.requests if "/text-to-speech/" in each.path]

    async def asked(self, count: int = 1) -> Recorded:
        """The request for speech of that number, as soon as it is there."""
        while len(self.speeches) < count:
            self._came.clear()
            await self._came.wait()
        return self.speeches[count - 1]

    def forget(self) -> None:
        """As it was at the start."""
        self.requests.clear()
        self.faults.clear()
        self.fault, self.told_cost = "ok", True
        self.pace = asyncio.Semaphore(0)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.__aexit__(*exc)

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        for start, handler in self.routes.items():
            if request.path.startswith(start):
                await handler(exchange)
                return
        body = json.loads(request.body or b"{}")
        self.requests.append(Recorded(request.method, request.path, request.headers, body, request))
        self._came.set()
        if request.headers.get("xi-api-key") != KEY:
            _refuse(exchange, 401, "invalid_api_key")
        elif spoken := _SPEECH.match(request.path):
            await self._speak(exchange, body, spoken[1], timed=bool(spoken[2]))
        elif re.match(r"/v[12]/voices", request.path):
            await self._list(exchange)
        else:
            _refuse(exchange, 404, "not_found")

    async def _list(self, exchange: Exchange) -> None:
        if not await self._misbehave(exchange, self._next_fault(), _JSON):
            query = parse_qs(urlsplit(exchange.request.path).query)
            start = int(query.get("next_page_token", ["0"])[0])
            end = start + int(query.get("page_size", ["10"])[0])
            more = end < len(self.voices)
            page = {"voices": self.voices[start:end], "has_more": more}
            page |= {"total_count": len(self.voices), "next_page_token": str(end) if more else None}
            _json(exchange, page)

    async def _speak(
        self, exchange: Exchange, body: dict[str, Any], voice_id: str, *, timed: bool
    ) -> None:
        fault, text = self._next_fault(), body["text"]
        if voice_id.startswith("Unknown"):
            _refuse(exchange, 404, "voice_not_found")
            return
        query = parse_qs(urlsplit(exchange.request.path).query)
        form = query.get("output_format", ["mp3_44100_128"])[0]
        headers = {"content-type": _JSON["content-type"] if timed else content_type(form)}
        headers["request-id"] = "fake-request"
        if self.told_cost:
            headers["character-cost"] = str(len(text))
        if await self._misbehave(exchange, fault, headers):
            return
        exchange.begin_chunked(headers)
        pieces = [] if fault == "empty" else [*(_lines if timed else _pieces)(text, form)]
        if fault == "nonsense":
            pieces = [b'{"audio_base64": 7, "alignment": []}\n'] * 2
        await self._send(exchange, pieces, fault)
        exchange.end_chunked()

    async def _send(self, exchange: Exchange, pieces: list[bytes], fault: str) -> None:
        for number, piece in enumerate(pieces):
            if number and fault == "paced":
                await self.pace.acquire()
            exchange.chunk(piece)
            if fault == "cut":
                exchange.hang_up()
            if fault in {"cut", "stuck"}:
                await asyncio.Event().wait()
        while fault == "endless":
            exchange.chunk(pieces[-1])
            await asyncio.sleep(0)

    async def _misbehave(self, exchange: Exchange, fault: str, headers: dict[str, str]) -> bool:
        """True when the fault is answer enough."""
        if status := _STATUS.fullmatch(fault):
            after = {"retry-after": status[2]} if status[2] else {}
            _refuse(exchange, int(status[1]), "as_the_test_wants_it", after)
        elif fault == "refuse":
            exchange.hang_up()
        elif fault == "quota":
            _refuse(exchange, 401, "quota_exceeded")
        elif fault == "garbage":
            exchange.raw(b"\x16\x03\x01\x02 this was never HTTP\r\n\r\n")
            exchange.hang_up()
        elif fault == "html":
            exchange.answer(200, b"<html>Welcome</html>", {"content-type": "text/html"})
        elif fault in {"hang", "silent"}:
            if fault == "silent":
                exchange.begin_chunked(headers)
            await asyncio.Event().wait()
        else:
            return False
        return True

    def _next_fault(self) -> str:
        return self.faults.popleft() if self.faults else self.fault


def _pieces(text: str, form: str) -> Iterator[bytes]:
    whole = sound(text, form)
    for start in range(0, len(whole), _PIECE):
        yield whole[start : start + _PIECE]


def _lines(text: str, form: str) -> Iterator[bytes]:
    for start in range(0, len(text), _LINE):
        part = text[start : start + _LINE]
        starts = [(start + i) * SECONDS_PER_CHARACTER for i in range(len(part))]
        alignment = {
            "characters": list(part),
            "character_start_times_seconds": starts,
            "character_end_times_seconds": [at + SECONDS_PER_CHARACTER for at in starts],
        }
        line = {
            "audio_base64": b64encode(sound(part, form)).decode(),
            "alignment": alignment,
            "normalized_alignment": alignment,
        }
        yield json.dumps(line).encode() + b"\n"


def _voice(voice_id: str, name: str, description: str) -> dict[str, Any]:
    return {
        "voice_id": voice_id,
        "name": name,
        "category": "premade",
        "description": f"A {description} voice.",
        "labels": {"descriptive": description, "language": "en"},
        "preview_url": f"https://storage.invalid/{voice_id}.mp3",
    }


def _json(exchange: Exchange, payload: object) -> None:
    exchange.answer(200, json.dumps(payload).encode(), _JSON)


def _refuse(
    exchange: Exchange, status: int, code: str, headers: dict[str, str] | None = None
) -> None:
    """Echoes the key, as badly behaved services do: nothing of it may ever be told on."""
    told = f"You sent {exchange.request.headers.get('xi-api-key')}"
    body = {"detail": {"status": code, "message": told}}
    exchange.answer(status, json.dumps(body).encode(), _JSON | (headers or {}))

"""ElevenLabs' websocket for text that comes bit by bit: `/v1/text-to-speech/{voice}/stream-input`.

Field names are those of the SDK's types `InitializeConnection`, `SendText`, `CloseConnection`,
`AudioOutput` and `FinalOutput`. To be mounted in a fake's `HttpServer` by its `upgrade`.
"""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

KEY = "xi-api-key"
MS_PER_CHARACTER = 60

FAULTS = (
    "ok",
    "refuse",  # hangs up in place of a handshake
    "hang",  # never answers the handshake
    "silent",  # takes everything, says nothing
    "cut",  # is gone after the first sound
    "close",  # closes after the first sound, in order but early
    "error",  # says what is wrong after the first sound, and closes
    "quota",  # says so before any sound
    "garbage",  # JSON that is none
    "garbage-frame",  # bytes that are no frame
    "no-alignment",
    "stuck",  # goes silent after the first sound
    "slow",  # waits for `SpokenTo.pace` before each sound
)
"""Beside `status-401` and the like."""


def silence(text: str) -> bytes:
    """As 8 kHz PCM, as long as the text takes."""
    return bytes(2 * 8 * MS_PER_CHARACTER * len(text))


@dataclass(eq=False)
class Session:
    """One connection: what it was asked for, and every message it got."""

    path: str
    headers: dict[str, str]
    messages: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False
    """The client is gone, or closed it."""
    behind: bool = False
    """The client doesn't take what was sent: the connection's buffer is full."""

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def voice_id(self) -> str:
        return urlsplit(self.path).path.split("/")[3]

    @property
    def texts(self) -> list[str]:
        """What was said, without the opening and the end."""
        return [said["text"] for said in self.messages[1:] if said["text"]]

    @property
    def ended(self) -> bool:
        return bool(self.messages) and self.messages[-1]["text"] == ""


class SpokenTo:
    """All connections of one fake, in the order they came."""

    def __init__(self, sound: Callable[[str], bytes] = silence, *, api_key: str = "") -> None:
        self.sound = sound
        self.api_key = api_key
        """The only one that is taken; empty takes any."""
        self.fault = "ok"
        self.pace = asyncio.Event()
        self.sessions: list[Session] = []
        self._changed = asyncio.Event()

    def upgrade(self, transport: asyncio.Transport) -> asyncio.Protocol:
        return _Connection(self, transport)

    def tell(self) -> None:
        self._changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Returns as soon as it holds."""
        while not holds():
            self._changed.clear()
            await self._changed.wait()

    async def session(self, number: int = 1) -> Session:
        await self.until(lambda: len(self.sessions) >= number)
        return self.sessions[number - 1]


class _Connection(asyncio.Protocol):
    def __init__(self, owner: SpokenTo, transport: asyncio.Transport) -> None:
        self._owner = owner
        self._fault = owner.fault
        self._transport = transport
        self._wire = ServerProtocol()
        self._session: Session | None = None
        self._waiting = ""
        self._sounds = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def data_received(self, data: bytes) -> None:
        self._wire.receive_data(data)
        for event in self._wire.events_received():
            if isinstance(event, Request):
                self._handshake(event)
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._heard(json.loads(bytes(event.data)))
        self._flush()
        if self._session is not None and self._wire.close_expected():
            self._gone()

    def eof_received(self) -> None:
        self._wire.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()
        self._gone()

    def pause_writing(self) -> None:
        self._be_behind(behind=True)

    def resume_writing(self) -> None:
        self._be_behind(behind=False)

    def _be_behind(self, *, behind: bool) -> None:
        if self._session is not None:
            self._session.behind = behind
            self._owner.tell()

    def _handshake(self, request: Request) -> None:
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        self._session = Session(request.path, headers)
        self._owner.sessions.append(self._session)
        self._owner.tell()
        if self._fault == "refuse":
            self._transport.abort()
        elif self._fault.startswith("status-"):
            self._refuse(int(self._fault.removeprefix("status-")), "as the test wants it")
        elif self._owner.api_key and headers.get(KEY) != self._owner.api_key:
            self._refuse(401, "invalid_api_key")
        elif self._fault != "hang":
            self._wire.send_response(self._wire.accept(request))

    def _refuse(self, status: int, why: str) -> None:
        response = self._wire.reject(status, json.dumps({"detail": {"message": why}}))
        if status == 429:
            response.headers["retry-after"] = "7"
        self._wire.send_response(response)

    def _heard(self, message: dict[str, Any]) -> None:
        assert self._session is not None
        self._session.messages.append(message)
        self._owner.tell()
        if len(self._session.messages) == 1:
            assert message["text"] == " ", "the first message should be a blank"
            return
        self._waiting += message["text"]
        if message["text"] == "":
            self._later(final=True)
        elif message.get("flush") or message.get("try_trigger_generation"):
            self._later(final=False)

    def _later(self, *, final: bool) -> None:
        text, self._waiting = self._waiting, ""
        task = asyncio.create_task(self._answer(text, final=final))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, text: str, *, final: bool) -> None:
        async with self._turn:
            if self._fault == "slow":
                await self._owner.pace.wait()
                self._owner.pace.clear()
            if text:
                self._sound(text)
            if final and self._fault not in {"silent", "stuck"}:
                self._say({"audio": None, "isFinal": True})
                self._wire.send_close(1000)
            self._flush()

    def _sound(self, text: str) -> None:
        if self._fault == "silent" or (self._fault == "stuck" and self._sounds):
            return
        if self._fault == "garbage":
            self._wire.send_text(b"<html>not here</html>")
        elif self._fault == "garbage-frame":
            self._transport.write(b"\xff\xff\xff\xff")
        elif self._fault == "quota":
            self._fail("quota_exceeded", "This request exceeds your quota.")
        else:
            self._say(self._spoken(text))
            self._sounds += 1
            self._afterwards()

    def _afterwards(self) -> None:
        if self._fault == "cut":
            self._flush()
            self._transport.close()
        elif self._fault == "close":
            self._wire.send_close(1000)
        elif self._fault == "error":
            self._fail("internal_error", "Something went wrong.", code=1011)

    def _fail(self, error: str, message: str, *, code: int = 1008) -> None:
        self._say({"message": message, "error": error, "code": code})
        self._wire.send_close(code, message)

    def _spoken(self, text: str) -> dict[str, Any]:
        """Times count from the start of this piece of sound."""
        durations = [MS_PER_CHARACTER] * len(text)
        starts = [end - MS_PER_CHARACTER for end in accumulate(durations)]
        aligned = {"chars": list(text), "charStartTimesMs": starts, "charDurationsMs": durations}
        alignment = None if self._fault == "no-alignment" else aligned
        audio = base64.b64encode(self._owner.sound(text)).decode()
        return {"audio": audio, "alignment": alignment, "normalizedAlignment": alignment}

    def _say(self, message: dict[str, Any]) -> None:
        if self._wire.state.name == "OPEN":
            self._wire.send_text(json.dumps(message).encode())

    def _flush(self) -> None:
        for data in self._wire.data_to_send():
            if self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            else:
                self._transport.close()

    def _gone(self) -> None:
        if self._session is not None:
            self._session.closed = True
            self._owner.tell()

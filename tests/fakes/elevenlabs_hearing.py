"""ElevenLabs' speech to text: `POST /v1/speech-to-text`, a form with a file. To be mounted in the
fake by its `routes`.

Field names as in the SDK's `speech_to_text/raw_client.py` and `SpeechToTextChunkResponseModel`.
"""

import asyncio
import json
from dataclasses import dataclass, field
from email import message_from_bytes

from tests.fakes.http_server import Exchange

PATH = "/v1/speech-to-text"
_JSON = {"content-type": "application/json"}

FAULTS = (
    "ok",
    "refuse",  # hangs up in place of an answer
    "hang",  # takes the recording and says nothing
    "cut",  # hangs up in mid-answer
    "html",  # somebody else's page
    "nonsense",  # JSON that is no transcript
    "silence",  # nobody spoke
)
"""Beside `status-503` and the like."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A form as it came: `file` is the recording."""

    key: str
    fields: dict[str, str]
    name: str
    content_type: str
    file: bytes


@dataclass
class Listener:
    """Hears `text` in every recording, a word in each half second."""

    text: str = "How is the weather in Graz?"
    fault: str = "ok"
    heard: list[Heard] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, exchange: Exchange) -> None:
        self.heard.append(_form(exchange))
        if self.fault.startswith("status-"):
            body = {"detail": {"status": "as_the_test_wants_it", "message": "no"}}
            status = int(self.fault.removeprefix("status-"))
            exchange.answer(status, json.dumps(body).encode(), _JSON)
        elif self.fault == "refuse":
            exchange.hang_up()
        elif self.fault == "hang":
            try:
                await exchange.request.hung_up.wait()
            finally:
                self.hung_up.set()
        elif self.fault == "html":
            exchange.answer(200, b"<html>Welcome</html>", {"content-type": "text/html"})
        elif self.fault == "nonsense":
            exchange.answer(200, b'{"text": 7, "words": "none"}', _JSON)
        else:
            self._tell(exchange)

    def _tell(self, exchange: Exchange) -> None:
        body = json.dumps(_transcript("" if self.fault == "silence" else self.text)).encode()
        if self.fault == "cut":
            exchange.head(200, _JSON | {"content-length": str(len(body))})
            exchange.raw(body[:20])
            exchange.hang_up()
        else:
            exchange.answer(200, body, _JSON)


def _transcript(text: str) -> dict[str, object]:
    said = text.split()
    words: list[dict[str, object]] = []
    for number, word in enumerate(said):
        times = {"start": number / 2, "end": number / 2 + 0.4}
        words.append({"text": word, "type": "word", "logprob": -0.1, **times})
        words.append({"text": " ", "type": "spacing", "logprob": 0.0, **times})
    return {
        "language_code": "eng",
        "language_probability": 0.98,
        "text": text,
        "words": words,
        "audio_duration_secs": len(said) / 2,
    }


def _form(exchange: Exchange) -> Heard:
    headers = exchange.request.headers
    head = f"content-type: {headers['content-type']}\r\n\r\n".encode()
    fields, name, kind, file = {}, "", "", b""
    for part in message_from_bytes(head + exchange.request.body).walk():
        if part.is_multipart():
            continue
        field_name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename() is None:
            fields[field_name] = content.decode()
        else:
            name, kind, file = str(part.get_filename()), part.get_content_type(), content
    return Heard(headers.get("xi-api-key", ""), fields, name, kind, file)

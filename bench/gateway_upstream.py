"""An OpenAI-format vendor of the least possible cost, for measuring what stands in front of it.

    python -m bench.gateway_upstream

Answers at once, or with 64 chunks, 5 ms apart, where the request asks for a stream.
"""

import orjson

from bench.vendor import Vendor, serve
from bench.wire import HEAD, STREAM_HEAD, chunked, frame, whole

CHUNKS = 64
PAUSE = 0.005

_USAGE = {"prompt_tokens": 20, "completion_tokens": CHUNKS}
_WHOLE_BODY = whole("A few words, as an answer has them. " * 4, _USAGE)
_WHOLE = HEAD % len(_WHOLE_BODY) + _WHOLE_BODY
_TOKEN = chunked(frame({"content": "word "}))
_END = (
    chunked(frame({}, "stop")) + chunked(frame(None, usage=_USAGE)) + chunked(b"data: [DONE]\n\n")
) + b"0\r\n\r\n"
_MODELS = orjson.dumps({"object": "list", "data": [{"id": "bench", "object": "model"}]})


class _Vendor(Vendor):
    def answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self._transport.write(HEAD % len(_MODELS) + _MODELS)
        elif b'"stream":true' in body.replace(b" ", b""):
            self._transport.write(STREAM_HEAD)
            self._say(1, self._loop.time())
        else:
            self._transport.write(_WHOLE)

    def _say(self, number: int, begun: float) -> None:
        if number > CHUNKS:
            self._transport.write(_END)
            return
        self._transport.write(_TOKEN)
        self._loop.call_at(begun + number * PAUSE, self._say, number + 1, begun)


if __name__ == "__main__":
    serve(_Vendor)

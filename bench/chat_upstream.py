"""An OpenAI-format vendor that talks at the pace of a model, and stamps every token it says.

    python -m bench.chat_upstream

Answers a question without a limit with `TOKENS` tokens at `RATE` a second, and one with a limit,
as the work in the background has it, with a word. A token is its number and the moment it
was said, on the clock that all processes of a machine share: `17:123456789 `, in microseconds.
"""

import time

from bench.vendor import Vendor, serve
from bench.wire import STREAM_HEAD, chunked, frame

TOKENS = 600
RATE = 20.0

_END = (
    chunked(frame({}, "stop"))
    + chunked(frame(None, usage={"prompt_tokens": 50, "completion_tokens": TOKENS}))
    + chunked(b"data: [DONE]\n\n")
    + b"0\r\n\r\n"
)


def now() -> int:
    """Microseconds."""
    return time.monotonic_ns() // 1000


class _Vendor(Vendor):
    def answer(self, head: bytes, body: bytes) -> None:  # noqa: ARG002  # of the interface
        self._transport.write(STREAM_HEAD)
        if b'"max_tokens"' in body:
            self._transport.write(chunked(frame({"content": "Nothing."})) + _END)
        else:
            self._say(0, self._loop.time())

    def _say(self, number: int, begun: float) -> None:
        if self._transport.is_closing():
            return
        if number == TOKENS:
            self._transport.write(_END)
            return
        self._transport.write(chunked(frame({"content": f"{number}:{now()} "})))
        self._loop.call_at(begun + (number + 1) / RATE, self._say, number + 1, begun)


if __name__ == "__main__":
    serve(_Vendor)

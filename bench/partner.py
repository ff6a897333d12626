"""A partner in trouble, whichever it is: `python -m bench.partner hang|broken|garbage`.

It takes every connection. One that hangs never answers, one that is broken answers 500, and garbage
is no answer that anybody could use.
"""

import sys

from bench.vendor import Vendor, serve
from bench.wire import HEAD

_ANSWERS = {
    "hang": b"",
    "broken": b"HTTP/1.1 500 Because\r\ncontent-length: 5\r\n\r\nsorry",
    "garbage": HEAD % 9 + b'{"no": \xff}',
}
FAULTS = tuple(_ANSWERS)


class _Partner(Vendor):
    def answer(self, head: bytes, body: bytes) -> None:  # noqa: ARG002  # of the interface
        self._transport.write(_ANSWERS[sys.argv[1]])


if __name__ == "__main__":
    serve(_Partner)

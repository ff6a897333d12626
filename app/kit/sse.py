"""The server-sent event wire format, out and in (WHATWG HTML, "Server-sent events")."""

from collections.abc import Iterator

from app.kit.frozen import frozen
from app.kit.json import dumps


def encode(event: str, data: object, *, event_id: int | None = None) -> bytes:
    """One frame: `id` (when there is one), `event`, and one `data` line of JSON."""
    head = b"" if event_id is None else b"id: %d\n" % event_id
    return head + b"event: " + event.encode() + b"\ndata: " + dumps(data) + b"\n\n"


@frozen
class Frame:
    """A received event. `event` is empty when the sender didn't name it."""

    data: str
    event: str = ""
    event_id: str = ""


class Decoder:
    """Bytes in, frames out: any chunking, LF, CRLF or CR, comments dropped.

    A frame that the sender never closed with a blank line is no frame: `feed` doesn't return it.
    """

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._data: list[str] = []
        self._event = ""
        self._id = ""

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the rest of its frame."""
        return not (any(self._rest) or self._data or self._event)

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The frames that `chunk` completed. Lines are decoded whole, so a character split
        over two chunks arrives intact; bytes that aren't UTF-8 become U+FFFD."""
        torn = self._rest and self._rest[-1].endswith(b"\r")
        self._rest.append(chunk)
        if not (torn or b"\n" in chunk or b"\r" in chunk):
            return  # joining a long line chunk by chunk would cost the square of its length
        data = b"".join(self._rest)
        held = b""
        if data.endswith(b"\r"):
            data, held = data[:-1], b"\r"
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = [lines.pop() + held]
        for line in lines:
            frame = self._line(line.decode("utf-8", "replace"))
            if frame is not None:
                yield frame

    def _line(self, line: str) -> Frame | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _dispatch(self) -> Frame | None:
        data, event = self._data, self._event
        self._data, self._event = [], ""
        return Frame("\n".join(data), event, self._id) if data else None


def bare(chunk: bytes) -> list[bytes] | None:
    """The data of a chunk that consists of whole frames with one `data` line each and nothing
    else, as most chunks do; None for any other."""
    if not (chunk.startswith(_DATA) and chunk.endswith(_END)):
        return None
    frames = chunk[len(_DATA) : -len(_END)].split(_BETWEEN)
    plain = chunk.count(b"\n") == 2 * len(frames) and b"\r" not in chunk
    return frames if plain else None


_DATA = b"data: "
_END = b"\n\n"
_BETWEEN = _END + _DATA


class Framer:
    """Bytes in, whole frames out, as bytes that nobody read: for passing them on.

    Any chunking, LF, CRLF or CR; what comes out has LF alone. A frame's end is a blank line.
    `pending` is how many bytes wait for the end of theirs, `idle` that nothing at all does.
    """

    def __init__(self) -> None:
        self.pending = 0
        self.idle = True
        self._parts: list[bytes] = []
        self._torn = b""
        self._ends_line = False

    def feed(self, chunk: bytes) -> bytes:
        """All up to the last blank line so far that wasn't given out yet; maybe nothing."""
        if self._torn or b"\r" in chunk:
            chunk = self._with_lf(chunk)
        end = chunk.rfind(b"\n\n") + 2
        if end == 1:
            end = int(self._ends_line and chunk.startswith(b"\n"))
        whole = b""
        if end:
            whole = b"".join((*self._parts, chunk[:end]))
            self._parts, self._ends_line = [], False
        self._hold(chunk[end:], 0 if end else self.pending)
        return whole

    def _hold(self, part: bytes, before: int) -> None:
        if part:
            self._parts.append(part)
            self._ends_line = part.endswith(b"\n")
        self.pending = before + len(part)
        self.idle = not (self.pending or self._torn)

    def _with_lf(self, chunk: bytes) -> bytes:
        """A CR at the end may be half of a CRLF: it waits for what follows."""
        chunk = self._torn + chunk
        self._torn = b"\r" if chunk.endswith(b"\r") else b""
        chunk = chunk.removesuffix(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

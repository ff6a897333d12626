"""Frames that are passed on unread."""

import pytest

from app.kit import sse


class TestFramer:
    WIRE = b": note\n\ndata: a\n\n\nevent: x\ndata: b\ndata: c\n\ndata: d\n\n"

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    @pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
    def test_any_pieces(self, end: bytes, size: int) -> None:
        """One more byte tells that a last CR isn't half of a CRLF."""
        wire = self.WIRE.replace(b"\n", end) + b"d"
        for offset in range(size):
            framer = sse.Framer()
            pieces = [wire[:offset], *(wire[n : n + size] for n in range(offset, len(wire), size))]
            given = [framer.feed(piece) for piece in pieces]

            assert b"".join(given) == self.WIRE
            assert all(frames.endswith(b"\n\n") for frames in filter(None, given))
            assert (framer.pending, framer.idle) == (1, False)

    def test_frames_come_as_soon_as_they_are_whole(self) -> None:
        framer = sse.Framer()

        assert framer.feed(b"data: a\n\ndata: b\n") == b"data: a\n\n"
        assert framer.feed(b"\nda") == b"data: b\n\n"
        assert framer.feed(b"ta: c\n\n") == b"data: c\n\n"
        assert framer.idle

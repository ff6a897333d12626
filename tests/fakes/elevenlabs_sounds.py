"""Sound that really plays, made in code: silence, as long as its text takes."""

import struct
from collections.abc import Iterator

SECONDS_PER_CHARACTER = 0.06

_MP3_FRAME = b"\xff\xfb\x90\xc0" + bytes(413)
"""MPEG 1 layer 3, 44.1 kHz, 128 kbit/s, mono, without a single non-zero sample."""
_MP3_SECONDS = 1152 / 44_100
_OPUS_FRAME = b"\xf8\xff\xfe"
_OPUS_SAMPLES = 960
"""20 ms at 48 kHz, which is what positions in Ogg count in."""
_PCM_RATE = 24_000


def sound(text: str, output_format: str) -> bytes:
    """`output_format` as the vendor names it: `mp3_…`, `opus_…` or `pcm_…`."""
    seconds = len(text) * SECONDS_PER_CHARACTER
    if output_format.startswith("opus"):
        return _opus(seconds)
    if output_format.startswith("pcm"):
        return bytes(2 * round(_PCM_RATE * seconds))
    return _tag(text) + _MP3_FRAME * max(1, round(seconds / _MP3_SECONDS))


def content_type(output_format: str) -> str:
    return {"o": "audio/ogg", "p": "audio/pcm"}.get(output_format[0], "audio/mpeg")


def _tag(text: str) -> bytes:
    """Its title, in ID3v2.3: so different texts have different bytes."""
    title = b"\x03" + text.encode()[:100]
    frame = b"TIT2" + struct.pack(">IH", len(title), 0) + title
    size = len(frame)
    return b"ID3\x03\x00\x00" + bytes([0, 0, size >> 7 & 0x7F, size & 0x7F]) + frame


def _opus(seconds: float) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"fake" + struct.pack("<I", 0)
    count = max(1, round(seconds * 48_000 / _OPUS_SAMPLES))
    pages = [_page([head], 0, 0, 2), _page([tags], 1, 0, 0), *_frames(count)]
    return b"".join(pages)


def _frames(count: int) -> Iterator[bytes]:
    for number, begun in enumerate(range(0, count, 50), 2):
        packets = [_OPUS_FRAME] * min(50, count - begun)
        done = begun + len(packets)
        yield _page(packets, number, done * _OPUS_SAMPLES, 4 if done == count else 0)


def _page(packets: list[bytes], number: int, position: int, flags: int) -> bytes:
    """RFC 3533, section 6."""
    start = b"OggS" + struct.pack("<BBqII", 0, flags, position, 1, number)
    lengths = bytes([len(packets), *map(len, packets)])
    body = b"".join(packets)
    crc = _crc(start + bytes(4) + lengths + body)
    return start + struct.pack("<I", crc) + lengths + body


def _crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc

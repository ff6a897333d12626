"""What a recording begins with."""

import pytest

from app.voice.transcription.sniffing import is_recording
from tests.fakes.elevenlabs_sounds import sound


@pytest.mark.parametrize(
    "head",
    [
        sound("a", "mp3_44100_128")[:16],
        sound("a", "opus_48000_64")[:16],
        b"\xff\xfb\x90\xc0" + bytes(12),
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x20ftypM4A \x00\x00",
        b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81",
        b"fLaC\x00\x00\x00\x22",
    ],
)
def test_recordings(head: bytes) -> None:
    assert is_recording(head)


@pytest.mark.parametrize(
    "head",
    [b"", b"\xff", b"%PDF-1.7", b"PK\x03\x04", b"RIFF\x00\x00\x00\x00WEBP", b"{}", b"GIF89a"],
)
def test_anything_else(head: bytes) -> None:
    assert not is_recording(head)

"""Which bytes may be the start of sound."""

import pytest

from app.voice import AudioFormat
from tests.fakes.elevenlabs_sounds import sound

PAGES = [b'{"audio": 7}\n{"audio": 8}\n', b"[1]", b" <html>\r\n<p>Gr\xc3\xbcezi", b"<p>\xc3"]


@pytest.mark.parametrize("form", AudioFormat)
def test_sound_begins_like_sound(form: AudioFormat) -> None:
    assert form.begins(sound("Hello", form.vendor))


@pytest.mark.parametrize("form", AudioFormat)
@pytest.mark.parametrize("page", PAGES)
def test_pages_dont(form: AudioFormat, page: bytes) -> None:
    assert not form.begins(page)


def test_mp3_may_come_without_a_tag() -> None:
    assert AudioFormat.MP3.begins(b"\xff\xf3\x84\xc4")
    assert not AudioFormat.MP3.begins(b"\xff")


@pytest.mark.parametrize("samples", [b"{\x00<\x00", b"{\xff", b"ab", bytes(4)])
def test_samples_may_be_almost_anything(samples: bytes) -> None:
    assert AudioFormat.PCM.begins(samples)

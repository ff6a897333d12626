"""In which forms speech comes."""

from codecs import getincrementaldecoder
from enum import StrEnum


class AudioFormat(StrEnum):
    """`mp3` plays everywhere, `opus` is the smallest, `pcm` is bare samples: 16 bits, little
    endian, one channel, 24,000 a second."""

    MP3 = "mp3"
    OPUS = "opus"
    PCM = "pcm"

    @property
    def vendor(self) -> str:
        """ElevenLabs' name of it: codec, samples a second, kilobits a second."""
        return _VENDOR[self]

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]

    def begins(self, audio: bytes) -> bool:
        """Whether sound of this form may begin so. Bare samples may be anything, so that only
        what is plainly JSON or a page is told from them."""
        if self is AudioFormat.MP3:
            frame = len(audio) > 1 and audio[0] == 0xFF and audio[1] & 0xE0 == 0xE0
            return frame or audio.startswith(b"ID3")
        if self is AudioFormat.OPUS:
            return audio.startswith(b"OggS")
        return not _is_markup(audio)


_VENDOR = {
    AudioFormat.MP3: "mp3_44100_128",
    AudioFormat.OPUS: "opus_48000_64",
    AudioFormat.PCM: "pcm_24000",
}
_CONTENT_TYPES = {
    AudioFormat.MP3: "audio/mpeg",
    AudioFormat.OPUS: "audio/ogg; codecs=opus",
    AudioFormat.PCM: "audio/pcm; rate=24000; channels=1",
}


def _is_markup(audio: bytes) -> bool:
    """All of it is text, which may be cut within a character, and starts like JSON or HTML."""
    try:
        text = getincrementaldecoder("utf-8")().decode(audio)
    except UnicodeDecodeError:
        return False
    words = text.split()
    return text.lstrip().startswith(("{", "[", "<")) and all(map(str.isprintable, words))

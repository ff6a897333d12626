"""In which forms speech comes."""

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

"""What is to be said and how, and the sound that comes of it."""

from hashlib import sha256

from app.kit.frozen import frozen
from app.kit.json import canonical
from app.voice.formats import AudioFormat


@frozen
class Delivery:
    """How a voice speaks; what is None is left to the voice. All but `speed` are 0 to 1."""

    stability: float | None = None
    similarity_boost: float | None = None
    style: float | None = None
    speed: float | None = None


AS_IT_IS = Delivery()


@frozen
class Utterance:
    """`text` is what is spoken, word for word; with `timed` it is told when each of its characters
    is."""

    text: str
    voice_id: str
    model: str
    format: AudioFormat = AudioFormat.MP3
    timed: bool = False
    delivery: Delivery = AS_IT_IS

    @property
    def key(self) -> str:
        """The SHA-256 of all of it, in hexadecimal digits: equal utterances sound alike."""
        return sha256(canonical(self)).hexdigest()


@frozen
class Sound:
    """A piece of speech. Where it is timed, `characters` are those that begin in it, with the
    `starts` and `ends` of each in seconds from the start of the speech."""

    audio: bytes
    characters: tuple[str, ...] = ()
    starts: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()

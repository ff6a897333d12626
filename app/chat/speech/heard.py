"""What somebody hears who listens to an answer."""

from uuid import UUID

from app.chat.speech.script import Sentence
from app.errors import AppError
from app.kit.frozen import frozen
from app.voice import AudioFormat, Sound


@frozen
class Uttered:
    """A sentence begins to be heard, or is passed over: code isn't read aloud."""

    sentence: Sentence


@frozen
class Voiced:
    """`sentence` is the index of the one that the sound begins in. Times count from the first
    sound."""

    sentence: int
    sound: Sound


@frozen
class Muted:
    """There is no voice any more, for this reason; sentences go on."""

    error: AppError


@frozen
class Over:
    """The end. `stopped` by somebody who wanted to hear no more; `sentences` were told."""

    sentences: int
    stopped: bool


Heard = Uttered | Voiced | Muted | Over


@frozen
class Listening:
    """What is to be heard, by whom: the sentences after the one of index `after`."""

    tenant_id: str
    generation_id: UUID
    voice_id: str
    form: AudioFormat = AudioFormat.MP3
    after: int = 0

"""An answer as sentences to be spoken, each with its place in the answer's log."""

from bisect import bisect_left

from app.chat.events import Said
from app.chat.generations import Numbered
from app.chat.speech.sentences import Pacing, Piece, Sentences
from app.kit.frozen import frozen


@frozen
class Sentence:
    """`index` counts from 1. `start` and `end` are its place in the answer's text, in characters;
    with the event `seq` all of it was said. `code` is shown rather than spoken.

    The text is as the model wrote it, Markdown and all. However often an answer is read, its
    sentences are the same; when its log has been folded, `seq` is that of the folded one.
    """

    index: int
    text: str
    start: int
    end: int
    seq: int
    code: bool


class Script:
    """Of one answer, from its first event on."""

    def __init__(self, pacing: Pacing) -> None:
        self._sentences = Sentences(pacing)
        self._length = 0
        self._count = 0
        self._ends: list[int] = []
        self._seqs: list[int] = []

    def take(self, numbered: Numbered) -> list[Sentence]:
        """The sentences that are whole by this event."""
        event = numbered.event
        if not isinstance(event, Said) or not event.content:
            return []
        self._length += len(event.content)
        self._ends.append(self._length)
        self._seqs.append(numbered.seq)
        return [self._sentence(piece) for piece in self._sentences.feed(event.content)]

    def rest(self) -> list[Sentence]:
        """What is left at the end."""
        return [self._sentence(piece) for piece in self._sentences.flush()]

    def _sentence(self, piece: Piece) -> Sentence:
        self._count += 1
        seq = self._seqs[bisect_left(self._ends, piece.end)]
        return Sentence(self._count, piece.text, piece.start, piece.end, seq, piece.code)

"""Which sentence is being heard."""

from collections import deque

from app.chat.speech.script import Sentence
from app.voice import Sound


class Place:
    """Sentences are due in order, with what of them is spoken; sounds say which characters they
    hold. Counted are those that aren't white space, of which there may be more or less.

    A sentence that isn't spoken begins when one after it does.
    """

    def __init__(self) -> None:
        self.index = 0
        """Of the sentence that is being heard; 0 before the first sound."""
        self._due: deque[tuple[Sentence, int]] = deque()
        self._left = 0

    def expect(self, sentence: Sentence, spoken: str) -> None:
        self._due.append((sentence, _letters(spoken)))

    def hear(self, sound: Sound) -> tuple[int, list[Sentence]]:
        """The index of the sentence that this sound begins in, and those that begin with it."""
        letters = _letters("".join(sound.characters))
        begun = [] if self._left > 0 else self._begin()
        index = self.index
        while letters > self._left and any(spoken for _, spoken in self._due):
            letters -= self._left
            begun += self._begin()
        self._left = max(0, self._left - letters)
        return index, begun

    def rest(self) -> list[Sentence]:
        """Those that weren't begun."""
        sentences = [sentence for sentence, _ in self._due]
        self._due.clear()
        return sentences

    def _begin(self) -> list[Sentence]:
        """Up to the next that is spoken, where there is one."""
        begun: list[Sentence] = []
        while self._due and any(spoken for _, spoken in self._due):
            sentence, spoken = self._due.popleft()
            begun.append(sentence)
            if spoken:
                self.index, self._left = sentence.index, spoken
                break
        return begun


def _letters(text: str) -> int:
    return len("".join(text.split()))

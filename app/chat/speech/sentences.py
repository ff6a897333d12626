"""Cuts text that comes in bits into pieces that can be spoken, at the ends of sentences.

Where a piece ends depends on the text alone, never on the bits it came in: a decision is made when
what follows can't change it any more, which takes `_AHEAD` characters at most.
"""

from app.chat.speech import endings
from app.chat.speech.fences import Fence, opening
from app.kit.frozen import frozen

_AHEAD = 16


@frozen
class Pacing:
    """How long pieces are, in characters. The first one may be shorter, so that the first sound
    comes early: a listener waits for that one only.

    Nothing shorter than the least is a piece of its own, but for the last, and before code; nothing
    is longer than the most.
    """

    first_least: int = 4
    first_most: int = 80
    least: int = 20
    most: int = 240

    def __post_init__(self) -> None:
        for least, most in ((self.first_least, self.first_most), (self.least, self.most)):
            if not 1 <= least <= most:
                raise ValueError(f"least should be 1 to most, {most}; it is {least}")


@frozen
class Piece:
    """`text` without white space around it; `start` and `end` are its place in the whole text, in
    characters. With `code` it is of a fenced block, of whole lines, its fences included."""

    text: str
    start: int
    end: int
    code: bool = False


class Sentences:
    """Of one text. Every character that isn't white space is in exactly one piece."""

    def __init__(self, pacing: Pacing | None = None) -> None:
        self._pacing = pacing or Pacing()
        self._text = ""
        self._offset = 0
        self._looked_at = 0
        self._line_start = True
        self._spoken = False
        self._fence: Fence | None = None

    def feed(self, text: str) -> list[Piece]:
        """Takes what comes next; returns the pieces that are whole by that."""
        self._text += text
        return self._pieces(final=False)

    def flush(self) -> list[Piece]:
        """Returns what is left; to be called once, at the end."""
        return self._pieces(final=True)

    def _pieces(self, *, final: bool) -> list[Piece]:
        pieces = []
        while self._begin(final=final):
            end = self._code_end(final=final) if self._fence else self._prose_end(final=final)
            if end is None:
                break
            piece = self._take(end)
            if piece.text:  # of code, there may be nothing but spaces
                pieces.append(piece)
        return pieces

    def _begin(self, *, final: bool) -> bool:
        """Passes over white space, and finds out whether code begins; False where that takes more
        text."""
        if self._looked_at:
            return True
        self._pass_over_space()
        if not self._text:
            return False
        if self._fence is None and self._line_start:
            found = opening(self._text, self._pacing.most, final=final)
            if found is None:
                return False
            self._fence = found if isinstance(found, Fence) else None
        return True

    def _pass_over_space(self) -> None:
        """Of code, only empty lines: its indentation matters."""
        stripped = self._text.lstrip("\r\n" if self._fence else None)
        space = self._text[: len(self._text) - len(stripped)]
        if space:
            self._line_start = self._line_start or "\n" in space
            self._text, self._offset = stripped, self._offset + len(space)

    def _prose_end(self, *, final: bool) -> int | None:
        least, most = self._limits()
        end = min(len(self._text), most)
        for spot in endings.CANDIDATE.finditer(self._text, self._looked_at, end):
            cut = endings.cut_after(
                self._text, spot.start(), least, line_start=self._line_start, final=final
            )
            if cut is None:
                self._looked_at = spot.start()
                break
            if cut:
                return min(cut, most)
        else:
            self._looked_at = max(self._looked_at, end)
        if len(self._text) > most and (final or len(self._text) >= most + _AHEAD):
            return endings.soft_cut(self._text, least, most)
        return len(self._text) if final else None

    def _code_end(self, *, final: bool) -> int | None:
        """Whole lines, as many as go into a piece, up to the line that closes the block."""
        most = self._pacing.most
        while self._fence:
            newline = self._text.find("\n", self._looked_at)
            ends = len(self._text) if newline < 0 else newline + 1
            if ends > most:
                return self._looked_at or most
            if newline < 0 and not final:
                return None
            closed = self._fence.closed_by(self._text[self._looked_at : ends])
            self._looked_at = ends
            if closed or newline < 0:
                return ends
        return None

    def _take(self, end: int) -> Piece:
        whole = self._text[:end]
        text = whole.rstrip()
        piece = Piece(text, self._offset, self._offset + len(text), code=self._fence is not None)
        if self._fence and self._fence.over:
            self._fence = None
        self._line_start = whole.endswith("\n")
        self._text, self._offset = self._text[end:], self._offset + end
        self._looked_at, self._spoken = 0, self._spoken or bool(text)
        return piece

    def _limits(self) -> tuple[int, int]:
        pacing = self._pacing
        if self._spoken:
            return pacing.least, pacing.most
        return pacing.first_least, pacing.first_most

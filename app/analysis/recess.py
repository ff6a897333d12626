"""How many may ask the judge at once, and when nobody may."""

import time
from collections.abc import Callable

from app.analysis.errors import JudgementDelayed
from app.analysis.patience import pause_after

_AT_FIRST = 4
_BUSY_SECONDS = 3.0
_SPREAD_SECONDS = 30


class Recess:
    """A judge that nobody has heard yet is asked by few, and by one more, up to `most`, for each
    answer. One that fails isn't asked for a while, twice as long each time, and then by one alone:
    rooms that end together would all find out for themselves, at everybody's expense.

    Who is sent away has lost nothing, and comes again: a backlog waits for the judge's return.
    """

    def __init__(self, most: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._monotonic = monotonic
        self._allowed = min(most, _AT_FIRST)
        self._asking = 0
        self._failures = 0
        self._until = monotonic()
        self._sent_away = 0

    def check(self) -> None:
        """Raises `JudgementDelayed` when the judge can't be asked now."""
        rest = self._until - self._monotonic()
        if rest > 0:
            raise JudgementDelayed("the judge didn't answer", self._later(rest))
        if self._asking >= self._allowed:
            raise JudgementDelayed("other judgements go first", self._later(_BUSY_SECONDS))

    def begin(self) -> None:
        """Like `check`; `end` has to follow."""
        self.check()
        self._asking += 1

    def end(self) -> None:
        self._asking -= 1

    def answered(self) -> None:
        self._failures = self._sent_away = 0
        self._allowed = min(self._most, self._allowed + 1)

    def failed(self) -> None:
        """What was asked before a failure, and fails too, tells nothing new."""
        now = self._monotonic()
        if now >= self._until:
            self._failures += 1
            self._until = now + pause_after(self._failures)
        self._allowed = 1

    def _later(self, seconds: float) -> float:
        """Not all at the same moment."""
        self._sent_away += 1
        return seconds + self._sent_away % _SPREAD_SECONDS

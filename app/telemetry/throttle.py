"""Says each thing a few times a minute, and counts how often it wasn't said."""

from collections.abc import Callable, Hashable

_WINDOW_SECONDS = 60.0
_MOST_KEYS = 1_000


class Throttle:
    """`monotonic` is in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._windows: dict[Hashable, tuple[float, int]] = {}

    def pass_on(self, key: Hashable, most: int) -> int | None:
        """How many of the same were held back since one last passed; None: hold this one back."""
        now = self._monotonic()
        began, count = self._windows.get(key, (now, 0))
        if now - began < _WINDOW_SECONDS:
            self._remember(key, (began, count + 1))
            return 0 if count < most else None
        self._remember(key, (now, 1))
        return max(0, count - most)

    def _remember(self, key: Hashable, window: tuple[float, int]) -> None:
        if key not in self._windows and len(self._windows) >= _MOST_KEYS:
            del self._windows[next(iter(self._windows))]
        self._windows[key] = window

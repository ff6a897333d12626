"""Which bytes of finished content are wanted: RFC 9110, section 14."""

import re

from app.errors import AppError, InvalidInput

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


class RangeNotSatisfiable(AppError):
    """The range begins behind the end."""

    code = "RANGE_NOT_SATISFIABLE"
    status = 416
    level = InvalidInput.level

    def __init__(self, size: int) -> None:
        super().__init__(f"there are {size} bytes, 0 to {size - 1}; ask for some of these")
        self.headers = {"content-range": f"bytes */{size}"}


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """From which byte up to which, the latter not in; None for all of them. What isn't one range of
    bytes is ignored, as the RFC has it: several ranges too.

    Raises `RangeNotSatisfiable`.
    """
    found = _ONE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        last = int(found[2])
        if not last:
            raise RangeNotSatisfiable(size)
        return max(0, size - last), size
    start, end = int(found[1]), int(found[2]) + 1 if found[2] else size
    if start >= size:
        raise RangeNotSatisfiable(size)
    if end <= start:
        return None
    return start, min(end, size)

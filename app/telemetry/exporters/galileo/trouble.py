"""What can go wrong between us and Galileo. No caller ever meets it: it is counted and shown."""

from enum import StrEnum


class Trouble(StrEnum):
    """`trace_refused` and `not_built` are about what was sent; the rest is about Galileo."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BUSY = "busy"
    KEY_REFUSED = "key_refused"
    REFUSED = "refused"
    TRACE_REFUSED = "trace_refused"
    UNUSABLE = "unusable"
    NOT_BUILT = "not_built"


class GalileoError(Exception):
    """`message` holds no word of Galileo's: it may quote what it was sent, and by what key."""

    def __init__(self, trouble: Trouble, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.status = status

    @property
    def about_traces(self) -> bool:
        """Whether the same would be refused again, however well Galileo is."""
        return self.trouble in {Trouble.TRACE_REFUSED, Trouble.NOT_BUILT}


def from_status(status: int, path: str) -> GalileoError:
    trouble = {401: Trouble.KEY_REFUSED, 403: Trouble.KEY_REFUSED, 408: Trouble.TIMEOUT}.get(status)
    if trouble is None:
        trouble = Trouble.BUSY if status == 429 or status >= 500 else Trouble.REFUSED
    return GalileoError(trouble, f"Galileo answered {status} at {path}", status)

"""Refuses a request body that is too large, before it is in memory."""

from collections.abc import Mapping

from starlette.types import Message, Receive

from app.errors import InvalidInput


class PayloadTooLarge(InvalidInput):
    """The request body is larger than this service takes."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413

    def __init__(self, most: int) -> None:
        super().__init__(f"the body is larger than {most} bytes, the most this service takes")


class BodyLimit:
    """`most` is in bytes; `special` has the paths, by how they begin, with a limit of their own."""

    def __init__(self, most: int, special: Mapping[str, int] | None = None) -> None:
        self._most = most
        self._special = special or {}

    def bounded(self, receive: Receive, path: str, declared: bytes, *, chunked: bool) -> Receive:
        """`receive` for a body of `declared` length (empty when it isn't told).

        The server holds a sender to the length that it declared, and to none where it declared
        nothing; what comes in chunks is counted.
        Raises `PayloadTooLarge`, now or while it is read.
        """
        most = self._most_at(path)
        if chunked:
            return _counted(receive, most)
        if declared.isdigit() and int(declared) > most:
            raise PayloadTooLarge(most)
        return receive

    def _most_at(self, path: str) -> int:
        found = (most for start, most in self._special.items() if path.startswith(start))
        return next(found, self._most)


def _counted(receive: Receive, most: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise PayloadTooLarge(most)
        return message

    return counted

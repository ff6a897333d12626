"""Which conversations, and which of their messages, somebody wants to see."""

from datetime import datetime

from app.kit.frozen import frozen


@frozen
class WantedConversations:
    """What is None doesn't matter. `since` is in, `until` isn't; both are of the last change."""

    text: str | None = None
    template: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    offset: int = 0


@frozen
class WantedMessages:
    """Of the shown branch, or of all. `offset` None means the end: the last `limit`."""

    all: bool = False
    limit: int = 50
    offset: int | None = None

    def start(self, total: int) -> int:
        """How many messages come before the page, of so many."""
        return max(0, total - self.limit) if self.offset is None else self.offset

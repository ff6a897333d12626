"""What memories refuse, and why."""

from app.chat.limits import MEMORIES
from app.errors import Conflict, FieldIssue, InvalidInput


class MemoryReplaced(Conflict):
    """A newer memory on the same subject has taken its place: change that one."""

    code = "MEMORY_REPLACED"

    def __init__(self, memory_id: object, by: object) -> None:
        newer = f": change {by} instead" if by else ""
        super().__init__(f"memory {memory_id} was replaced by a newer one{newer}")


class TooManyMemories(InvalidInput):
    """There are as many memories as there may be; delete some first."""

    code = "TOO_MANY_MEMORIES"

    def __init__(self) -> None:
        super().__init__(f"there are {MEMORIES} memories, which is the most: delete some first")


class SecretRefused(InvalidInput):
    """What looks like a password, a key or the number of a card is never kept as a memory."""

    def __init__(self, field: str, kind: str) -> None:
        issue = f"seems to hold {kind}, which is never kept as a memory; leave it out"
        super().__init__(f"{field} {issue}", details=(FieldIssue(field, issue),))

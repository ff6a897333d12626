from uuid import UUID

from app.errors import NotFound


class CallNotFound(NotFound):
    """There is no such call, or it is another tenant's."""

    code = "CALL_NOT_FOUND"

    def __init__(self, call_id: UUID) -> None:
        super().__init__(f"there is no call '{call_id}'")

"""What the market refuses, and why."""

from uuid import UUID

from app.errors import AppError, Conflict, FieldIssue, InvalidInput, NotFound


class SessionNotFound(NotFound):
    """There is no such session, or it was deleted."""

    code = "SESSION_NOT_FOUND"

    def __init__(self, session_id: UUID) -> None:
        super().__init__(f"there is no session '{session_id}'")


class RoomNotFound(NotFound):
    """There is no such room, or its session was deleted."""

    code = "ROOM_NOT_FOUND"

    def __init__(self, room_id: UUID) -> None:
        super().__init__(f"there is no room '{room_id}'")


class RunNotFound(NotFound):
    """There is no such run, or its session was deleted."""

    code = "RUN_NOT_FOUND"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"there is no run '{run_id}'")


class RunNotFinished(Conflict):
    """The run still goes on: there is nothing to look back on yet."""

    code = "RUN_NOT_FINISHED"

    def __init__(self, run_id: UUID, room_id: UUID) -> None:
        super().__init__(
            f"run '{run_id}' still goes on; watch GET /api/v1/negotiation/{room_id}/stream "
            "to its end"
        )


class LogNotFound(NotFound):
    """The room never ran, or its log has expired."""

    code = "LOG_NOT_FOUND"

    def __init__(self, room_id: UUID) -> None:
        super().__init__(
            f"room '{room_id}' has no log of that session: it never ran, or it expired"
        )


class NoSuchRun(NotFound):
    """The room ran, but not that often."""

    code = LogNotFound.code

    def __init__(self, room_id: UUID, number: int, newest: int) -> None:
        known = "1 is the only one" if newest == 1 else f"there are 1 to {newest}"
        issue = f"there is no run {number}; {known}"
        super().__init__(f"room '{room_id}': {issue}", details=(FieldIssue("run", issue),))


class MaxSellersExceeded(InvalidInput):
    """A marketplace takes ten sellers at most."""

    code = "MAX_SELLERS_EXCEEDED"

    def __init__(self, count: int, limit: int) -> None:
        issue = f"{count} sellers; a marketplace takes at most {limit}"
        super().__init__(issue, details=(FieldIssue("sellers", issue),))


class NegotiationAlreadyActive(Conflict):
    """The room is negotiating; watch its stream."""

    code = "NEGOTIATION_ALREADY_ACTIVE"

    def __init__(self, room_id: UUID) -> None:
        super().__init__(f"room '{room_id}' is negotiating; watch its stream")


class NegotiationNotActive(Conflict):
    """The room isn't negotiating; start it first."""

    code = "NEGOTIATION_NOT_ACTIVE"

    def __init__(self, room_id: UUID) -> None:
        super().__init__(
            f"room '{room_id}' isn't negotiating; start it with "
            f"POST /api/v1/negotiation/{room_id}/start"
        )


class NegotiationAlreadyDecided(Conflict):
    """The room has its decision, and keeps it."""

    code = "NEGOTIATION_ALREADY_DECIDED"

    def __init__(self, room_id: UUID) -> None:
        super().__init__(f"room '{room_id}' has its decision, and keeps it")


class NoSellersAvailable(Conflict):
    """No seller can serve the room, so there is nobody to bargain with."""

    code = "NO_SELLERS_AVAILABLE"

    def __init__(self, room_id: UUID) -> None:
        super().__init__(
            f"no seller can serve room '{room_id}', so there is nobody to bargain with"
        )


class TooManyMessages(Conflict):
    """Too many messages wait for the buyer's turn."""

    code = "TOO_MANY_MESSAGES"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} messages wait for the buyer's turn; send more once it has spoken"
        )


class IllegalDecision(InvalidInput):
    """A forced deal outside the room's limits."""


class InsufficientInventory(AppError):
    """The forced deal asks for more than the seller has."""

    code = "INSUFFICIENT_INVENTORY"
    status = 422
    level = InvalidInput.level

    def __init__(self, seller: str, stock: int, quantity: int) -> None:
        issue = f"{seller} has {stock}, not {quantity}"
        super().__init__(issue, details=(FieldIssue("quantity", issue),))

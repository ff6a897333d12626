"""What a turn can't be begun with."""

from app.errors import Conflict, Unavailable


class TooManyGenerations(Unavailable):
    """This process makes as many answers as it takes on; another one may have room."""

    code = "TOO_MANY_GENERATIONS"
    retry_after = 2

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} answers are being made here, which is as many as can be")


class MovedOn(Conflict):
    """Something was said in the conversation at the same moment; say it again."""

    code = "CONVERSATION_MOVED_ON"

    def __init__(self) -> None:
        super().__init__("something else was said in this conversation at the same moment")

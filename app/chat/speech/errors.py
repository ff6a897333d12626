from app.chat.events import Broke
from app.errors import Unavailable


class AnswerBroke(Unavailable):
    """The answer ended with an error, after what was said of it. `event` has the error's code."""

    code = "ANSWER_BROKE"

    def __init__(self, event: Broke) -> None:
        super().__init__(f"the answer broke off with {event.error_code}: {event.message}")
        self.event = event

from app.chat.events import Broke
from app.errors import FieldIssue, InvalidInput, Unavailable


class AnswerBroke(Unavailable):
    """The answer ended with an error, after what was said of it. `event` has the error's code."""

    code = "ANSWER_BROKE"

    def __init__(self, event: Broke) -> None:
        super().__init__(f"the answer broke off with {event.error_code}: {event.message}")
        self.event = event


class NothingHeard(InvalidInput):
    """There are no words in the recording, so nothing was asked."""

    code = "NOTHING_HEARD"

    def __init__(self) -> None:
        issue = "has no words in it: record what you want to say, and send that"
        super().__init__(f"file {issue}", details=(FieldIssue("file", issue),))

from app.errors import FieldIssue, InvalidInput, NotFound


class FeedbackNotFound(NotFound):
    """Nobody said what they think of this message, or it was taken back."""

    code = "FEEDBACK_NOT_FOUND"

    def __init__(self, message_id: object) -> None:
        super().__init__(f"there is no feedback on message {message_id}")


class NotAnAnswer(InvalidInput):
    """Feedback is for answers, and the message is somebody's own."""

    def __init__(self, message_id: object, role: str) -> None:
        issue = f"should be that of an answer (role assistant); {message_id} has role {role}"
        super().__init__(f"message_id {issue}", details=(FieldIssue("message_id", issue),))

"""What can go wrong in a conversation, by name."""

from app.errors import Conflict, FieldIssue, InvalidInput, NotFound, Unavailable
from app.llm import LLMError


class FieldUnusable(InvalidInput):
    """One field of what was asked can't be used."""

    def __init__(self, field: str, issue: str) -> None:
        super().__init__(f"{field} {issue}", details=(FieldIssue(field, issue),))


class ModelUnusable(FieldUnusable):
    """The model that was named is none that can be asked."""

    def __init__(self, error: LLMError) -> None:
        super().__init__("model", f"can't be asked: {error.message}")


class ConversationNotFound(NotFound):
    """No conversation of this tenant has this id."""

    code = "CONVERSATION_NOT_FOUND"

    def __init__(self, conversation_id: object) -> None:
        super().__init__(f"there is no conversation {conversation_id}")


class MessageNotFound(NotFound):
    """No message of this tenant's conversations has this id."""

    code = "MESSAGE_NOT_FOUND"

    def __init__(self, message_id: object) -> None:
        super().__init__(f"there is no message {message_id}")


class GenerationNotFound(NotFound):
    """No generation of this tenant has this id."""

    code = "GENERATION_NOT_FOUND"

    def __init__(self, generation_id: object) -> None:
        super().__init__(f"there is no generation {generation_id}")


class MemoryNotFound(NotFound):
    """No memory of this tenant has this id."""

    code = "MEMORY_NOT_FOUND"

    def __init__(self, memory_id: object) -> None:
        super().__init__(f"there is no memory {memory_id}")


class GenerationActive(Conflict):
    """The conversation's last answer is still being made: wait for its end, or stop it."""

    code = "GENERATION_ACTIVE"

    def __init__(self, conversation_id: object, generation_id: object) -> None:
        super().__init__(
            f"an answer is being made in conversation {conversation_id}: wait for it, or stop it "
            f"by POST /api/chat/{generation_id}/stop"
        )


class MessageTooLong(InvalidInput):
    """A message that alone is larger than what the models take. Nothing of it is cut or kept."""

    code = "MESSAGE_TOO_LONG"

    def __init__(self, tokens: int, window: int, model: str) -> None:
        super().__init__(
            f"message has about {tokens} tokens with what has to go with it; {model}, which takes "
            f"the most of the models at hand, takes {window}: shorten it, or name a larger model"
        )


class ConversationFull(InvalidInput):
    """A conversation has as many messages as one may have, in all its branches: begin another."""

    code = "CONVERSATION_FULL"

    def __init__(self, conversation_id: object, limit: int) -> None:
        super().__init__(
            f"conversation {conversation_id} can take no more: it may have {limit} messages in all "
            f"its branches; begin another"
        )


class GenerationLost(Unavailable):
    """The process that made the answer is gone; what it said is kept. Ask again for a new one."""

    code = "GENERATION_LOST"

    def __init__(self) -> None:
        super().__init__(
            "the process that made this answer is gone; what was said is kept, and a new answer is "
            "made on request"
        )

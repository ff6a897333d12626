"""What somebody was found to have told of themselves."""

from app.chat.memory.telling import Kind
from app.kit.frozen import frozen


@frozen
class Found:
    """`confidence` is 0 to 1."""

    kind: Kind
    subject: str
    text: str
    confidence: float

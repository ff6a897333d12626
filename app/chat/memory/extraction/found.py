"""What somebody was found to have told of themselves."""

from dataclasses import dataclass

from app.chat.memory.telling import Kind


@dataclass(frozen=True, slots=True)
class Found:
    """`confidence` is 0 to 1."""

    kind: Kind
    subject: str
    text: str
    confidence: float

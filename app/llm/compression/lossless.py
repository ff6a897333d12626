"""The lossless strategies, each by itself, on messages."""

from collections.abc import Sequence

from app.llm.compression.conversation import texts_of, with_texts
from app.llm.compression.strategies import shorten
from app.llm.messages import Message


def shortened(messages: Sequence[Message], strategy: str) -> tuple[Message, ...]:
    """The messages after one lossless strategy; as they were where it doesn't help. Tools' results
    and calls stay as they are."""
    texts, _ = shorten(texts_of(messages), (strategy,))
    return with_texts(messages, texts)

"""What a model's answer is made of while it arrives, on any wire.

A stream is any number of deltas, a usage report where the provider counts, and always one `End`,
last. A `Failed` before the end says that the answer broke off: what was heard isn't all of it.
"""

from typing import Any

from app.kit.frozen import frozen
from app.llm.errors import LLMError
from app.llm.messages import Attempt, ModelRef, Usage


@frozen
class TextDelta:
    text: str


@frozen
class ThinkingDelta:
    """Reasoning that the provider keeps apart from the answer. No part of its text."""

    text: str


@frozen
class ToolCallDelta:
    """A piece of a tool call: `arguments` of one `index` add up to a JSON text. `id` and `name`
    come with its first piece."""

    index: int
    name: str
    arguments: str
    id: str = ""


@frozen
class WireChunk:
    """Bytes in the OpenAI wire's form, to be passed on as they are: whole event-stream frames, or
    the one JSON body of an answer that isn't streamed. Never `[DONE]`, and never a bare count of
    tokens: that is a `UsageReport`.

    `characters` is about how many of them were said: a guess, without reading them.
    """

    data: bytes
    characters: int


@frozen
class Vectors:
    """One vector for each input of an embedding request, in order."""

    vectors: tuple[tuple[float, ...], ...]


@frozen
class UsageReport:
    """`told` is the count in the vendor's own words, where that is the OpenAI wire's form."""

    usage: Usage
    told: dict[str, Any] | None = None


@frozen
class Failed:
    error: LLMError


@frozen
class End:
    """`finish_reason` as the wire names it (`stop`, `length`, …); `error` after a `Failed`.

    `model` is the one that answered; `attempts` lists every try, the last one last.
    """

    finish_reason: str
    model: ModelRef
    attempts: tuple[Attempt, ...] = ()


ModelEvent = (
    TextDelta | ThinkingDelta | ToolCallDelta | WireChunk | Vectors | UsageReport | Failed | End
)

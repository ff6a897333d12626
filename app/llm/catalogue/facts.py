"""What is known of one model: what it takes, what it can do, what it costs."""

from decimal import Decimal

from app.kit.frozen import frozen
from app.llm.messages import ModelRef, Usage

TEXT = frozenset({"text"})


@frozen
class Prices:
    """USD per token, per request for `request`, per picture that is shown for `image`; None where
    nobody says, which of those two means nothing is charged."""

    prompt: Decimal | None = None
    completion: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    request: Decimal | None = None
    image: Decimal | None = None

    def cost(self, usage: Usage) -> Decimal | None:
        """What a call of these tokens costs; None when a price that it needs is unknown.

        A cached token without a price of its own costs as much as any other of the prompt.
        """
        if self.prompt is None:
            return None
        read = self.prompt if self.cache_read is None else self.cache_read
        write = self.prompt if self.cache_write is None else self.cache_write
        fresh = usage.prompt_tokens - usage.cached_tokens - usage.cache_write_tokens
        asked = (
            max(0, fresh) * self.prompt
            + usage.cached_tokens * read
            + usage.cache_write_tokens * write
            + (self.request or Decimal(0))
            + usage.pictures * (self.image or Decimal(0))
        )
        if not usage.completion_tokens:  # vectors have a price for what goes in alone
            return asked
        return (
            None if self.completion is None else asked + usage.completion_tokens * self.completion
        )

    @property
    def free(self) -> bool:
        """Whether a call costs nothing for certain: an unknown price isn't free."""
        paid = (self.cache_read, self.cache_write, self.request, self.image)
        return self.prompt == 0 and self.completion == 0 and not any(paid)


@frozen
class ModelFacts:
    """One row of the catalogue. What is None or empty is unknown, and never a reason to refuse.

    `context_length` counts prompt and answer together, in tokens. `parameters` are those of the
    OpenAI wire that the model takes (`tools`, `response_format`, …). `quality` is 0 to 1, from our
    own benchmark. `loaded` is told by local servers only.
    """

    ref: ModelRef
    name: str = ""
    context_length: int | None = None
    max_output: int | None = None
    input_modalities: frozenset[str] = TEXT
    output_modalities: frozenset[str] = TEXT
    parameters: frozenset[str] = frozenset()
    prices: Prices = Prices()
    free: bool = False
    source: str = "discovery"
    retired: bool = False
    loaded: bool | None = None
    quality: float | None = None

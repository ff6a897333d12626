"""What some providers tell beside answers: what a key has left, and what an answer cost."""

from decimal import Decimal
from typing import Protocol, runtime_checkable

from app.kit.frozen import frozen
from app.llm.messages import Usage


@frozen
class FreeRequests:
    """To `:free` models, in this UTC day."""

    limit: int
    used: int
    remaining: int


@frozen
class Account:
    """Amounts in USD. `limit` is what this key may spend, None without a limit; `resets` is how
    often it starts anew (`daily`, `weekly`, `monthly`), None for never.

    `credits_bought` and `credits_used` are the whole account's, and None unless the key may see
    them: OpenRouter shows them to management keys alone.
    """

    label: str
    limit: Decimal | None
    limit_remaining: Decimal | None
    resets: str | None
    used: Decimal
    used_today: Decimal
    free_tier: bool
    free_requests: FreeRequests | None
    expires_at: str | None
    credits_bought: Decimal | None = None
    credits_used: Decimal | None = None

    @property
    def credits_left(self) -> Decimal | None:
        if self.credits_bought is None or self.credits_used is None:
            return None
        return self.credits_bought - self.credits_used


@runtime_checkable
class TellingAccount(Protocol):
    """A provider that tells what its key has used and has left."""

    async def account(self) -> Account:
        """Raises `LLMError`, within 10 s."""
        ...


@runtime_checkable
class Settling(Protocol):
    """A provider that tells afterwards what an answer cost, also one that nobody heard out. The
    answer's id is in `Attempt.generation_id`."""

    async def settled(self, generation_id: str) -> Usage:
        """All tokens it charged for, and `cost`. Raises `LLMError`, within 5 s: also while it
        hasn't added up yet, which takes it some seconds, and for an id that it doesn't know."""
        ...

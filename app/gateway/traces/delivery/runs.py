"""What is told of a run that ended, as whoever knows runs puts it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from app.kit.frozen import frozen


@frozen
class ToldMove:
    """An offer, a decision: `made` as JSON values, by whom and when."""

    name: str
    by: str
    round: int
    at: datetime
    made: Mapping[str, Any]


@frozen
class ToldRun:
    """`opening` is what it was about, `outcome` what became of it. `private` are the prices that
    agents kept to themselves. `messages` says which message each seat's turn of a round became."""

    name: str
    started_at: datetime
    ended_at: datetime
    opening: Mapping[str, Any]
    outcome: Mapping[str, Any]
    moves: Sequence[ToldMove]
    private: tuple[Decimal, ...]
    messages: Mapping[tuple[UUID, int], UUID]


class ToldRuns(Protocol):
    async def told(self, tenant_id: str, run_id: UUID) -> ToldRun | None:
        """None of a run that is gone."""
        ...

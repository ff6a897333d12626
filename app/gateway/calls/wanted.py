"""Which rows of the ledger somebody wants to see."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.kit.frozen import frozen
from app.llm import CacheUse, CallStatus, Task


@frozen
class WantedCalls:
    """What is None doesn't matter. `since` is in, `until` isn't; `min_cost` is in USD."""

    status: CallStatus | None = None
    task: Task | None = None
    provider: str | None = None
    model: str | None = None
    cache: CacheUse | None = None
    run_id: UUID | None = None
    conversation_id: UUID | None = None
    trace_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_cost: Decimal | None = None
    limit: int = 50
    offset: int = 0

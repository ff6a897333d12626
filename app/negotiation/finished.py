"""A run that is over, with all that was settled before it: what analysis reads."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.kit.frozen import frozen
from app.negotiation.agents.seat import AgentKind, Priority, SpeakingStyle
from app.negotiation.events import AnyEvent


@frozen
class Numbered:
    """An event and its place in the room's log, the id that the stream gives it."""

    seq: int
    at: datetime
    event: AnyEvent


@frozen
class FinishedBuyer:
    """Prices in USD per unit."""

    buyer_id: UUID
    name: str
    agent: AgentKind
    min_price: Decimal
    max_price: Decimal
    quantity_needed: int


@frozen
class FinishedSeller:
    """A seller that took part, and what it kept to itself. Prices in USD per unit."""

    seller_id: UUID
    name: str
    agent: AgentKind
    priority: Priority
    style: SpeakingStyle
    cost_price: Decimal
    least_price: Decimal
    selling_price: Decimal
    stock: int
    arrives_in_round: int = 1


@frozen
class FinishedRun:
    """Who bargained for what within which limits, and the run's whole log, in order.

    `number` counts the runs of the room from 1; `provider` and `model` are the session's;
    `timeout_seconds` is how long the run might have taken.
    """

    run_id: UUID
    session_id: UUID
    room_id: UUID
    item_id: str
    item_name: str
    number: int
    seed: int
    started_at: datetime
    ended_at: datetime
    min_rounds: int
    max_rounds: int
    timeout_seconds: float
    provider: str
    model: str
    buyer: FinishedBuyer
    sellers: tuple[FinishedSeller, ...]
    events: tuple[Numbered, ...]

"""What somebody wants to see of the catalogue."""

from decimal import Decimal
from enum import StrEnum

from app.kit.frozen import frozen
from app.llm import Capability


class Status(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class Sort(StrEnum):
    """Each with the best first, and what is unknown last."""

    ID = "id"
    PRICE = "price"
    CONTEXT = "context"
    NEWEST = "newest"
    QUALITY = "quality"


@frozen
class Wanted:
    """Whatever is None or empty doesn't matter. `max_price` is USD per million tokens, of prompt
    and answer each; one of unknown price doesn't pass it, nor one with a price per request.
    `search` is a part of id or name."""

    provider: str | None = None
    free: bool | None = None
    min_context: int | None = None
    capabilities: tuple[Capability, ...] = ()
    max_price: Decimal | None = None
    status: Status | None = None
    search: str = ""
    sort: Sort = Sort.ID
    limit: int = 50
    offset: int = 0

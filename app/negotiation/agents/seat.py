"""The protocol of a seat: a view of the room goes in, a typed turn comes out, nothing else.

A view holds all that its agent may know. Whatever an agent says or prompts is made from it alone.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from app.kit.frozen import frozen

T = TypeVar("T")


class AgentKind(StrEnum):
    """Who fills a seat: `llm` decides all, `narrated` has a tactic decide and a model speak,
    `offline` is tactic and phrase book, with no model at all."""

    LLM = "llm"
    NARRATED = "narrated"
    OFFLINE = "offline"


class Priority(StrEnum):
    CUSTOMER_RETENTION = "customer_retention"
    MAXIMIZE_PROFIT = "maximize_profit"


class SpeakingStyle(StrEnum):
    RUDE = "rude"
    VERY_SWEET = "very_sweet"
    NEUTRAL = "neutral"


@frozen
class Terms:
    """A price per unit in USD and a number of units."""

    price: Decimal
    quantity: int


@frozen
class TableOffer:
    """A seller's standing offer: its latest, and the only one of its that can be accepted."""

    offer_id: UUID
    seller_id: UUID
    seller_name: str
    terms: Terms
    round: int


@frozen
class Line:
    """Something said in the hearing of this seat. `mine` marks the seat's own words."""

    round: int
    speaker: str
    mine: bool
    text: str
    offer: Terms | None = None


@frozen
class BuyerView:
    """What the buyer may know: its own limits, all that was said to it, the offers on the table.

    `round` is the round just heard (0 before the first message). `may_decide` says whether an
    offer may be accepted now; `must_decide` that there is no round after this one.
    """

    buyer_name: str
    item_name: str
    quantity_needed: int
    min_price: Decimal
    max_price: Decimal
    sellers: tuple[str, ...]
    round: int
    max_rounds: int
    may_decide: bool
    must_decide: bool
    transcript: tuple[Line, ...]
    offers: tuple[TableOffer, ...]
    seed: int


@frozen
class SellerView:
    """What one seller may know: its own costs and stock, what the buyer said to it or to all.

    `quantity_requested` is public: it is what the buyer asks the whole room for.
    """

    seller_name: str
    buyer_name: str
    item_name: str
    quantity_requested: int
    cost_price: Decimal
    least_price: Decimal
    selling_price: Decimal
    stock: int
    priority: Priority
    style: SpeakingStyle
    round: int
    max_rounds: int
    transcript: tuple[Line, ...]
    seed: int


class BuyerAction(StrEnum):
    CONTINUE = "continue"
    ACCEPT = "accept"
    WALK_AWAY = "walk_away"


@frozen
class BuyerTurn:
    """`offer_id` is set exactly when the action is `accept`. With `continue`, `text` is the next
    message to the sellers; otherwise it is the reason that is given."""

    text: str
    action: BuyerAction = BuyerAction.CONTINUE
    offer_id: UUID | None = None


@frozen
class SellerTurn:
    text: str
    offer: Terms | None = None


@frozen
class Rejection:
    """Why a seat's last turn was refused, for its next try: the turn as it came, and the reason."""

    said: str
    reason: str


@frozen
class Trouble:
    """Something that went wrong on the way and was overcome; the room shows it as a notice."""

    code: str
    message: str


@frozen
class Answer(Generic[T]):
    """A turn and what was overcome to get it. `said` is the turn as the agent put it, where that
    is more than its text: it is what the agent is shown when the turn is refused."""

    turn: T
    troubles: tuple[Trouble, ...] = ()
    said: str = ""


class Buyer(Protocol):
    async def take_turn(
        self, view: BuyerView, rejections: tuple[Rejection, ...]
    ) -> Answer[BuyerTurn]:
        """Raises `TurnInvalid` for an answer that is no turn, `LLMError` when no model answers."""
        ...


class Seller(Protocol):
    async def take_turn(
        self, view: SellerView, rejections: tuple[Rejection, ...]
    ) -> Answer[SellerTurn]:
        """Raises `TurnInvalid` for an answer that is no turn, `LLMError` when no model answers."""
        ...


class TurnInvalid(Exception):
    """What came back can't be read as a turn; `said` is sent back to the seat with the reason.
    `troubles` are what was overcome to get it."""

    def __init__(self, reason: str, *, said: str = "") -> None:
        super().__init__(reason)
        self.rejection = Rejection(said, reason)
        self.troubles: tuple[Trouble, ...] = ()

"""What is counted and computed of one finished run; every module beside this one fills a part.

Prices are in USD per unit, amounts in USD. A figure that doesn't exist in a run is None. Events
are named by their places in the room's log, the ids that its stream gives them.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from app.analysis.figures.fields import Ratio, Share, Usd

ZERO = Decimal(0)

Side = Literal["buyer", "seller"]
Favoured = Literal["buyer", "seller", "neither"]


class Shape(StrEnum):
    """How a side conceded over time: late, evenly, early."""

    BOULWARE = "boulware"
    LINEAR = "linear"
    CONCEDER = "conceder"


class EndedBy(StrEnum):
    """What settled a run; `unfinished` is a log without a decision."""

    ACCEPTANCE = "acceptance"
    WALKING_AWAY = "walking_away"
    LAST_ROUND = "last_round"
    TIME_OUT = "time_out"
    PERSON = "person"
    FAILURE = "failure"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Strategy:
    """Who sat on one seat. `priority` and `style` are a seller's."""

    agent_id: UUID
    name: str
    side: Side
    agent: str
    priority: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone of possible agreement with one seller; see `zones`."""

    seller_id: UUID
    seller_name: str
    exists: bool
    low: Usd
    high: Usd
    width: Usd
    cost: Usd
    width_over_cost: Usd
    lowest_price: Usd
    highest_price: Usd
    quantity: int
    attainable_surplus: Usd


@dataclass(frozen=True, slots=True)
class Deal:
    """What was agreed and what it was worth to each side; see `deal`."""

    event_id: int
    seller_id: UUID
    seller_name: str
    by_person: bool
    price: Usd
    quantity: int
    total: Usd
    buyer_surplus: Usd
    seller_surplus: Usd
    seller_profit: Usd
    joint_surplus: Usd
    buyer_share: Share | None
    seller_share: Share | None


@dataclass(frozen=True, slots=True)
class Gains:
    """What could have been gained and what was; see `gains`."""

    best_seller_id: UUID | None
    best_seller_name: str | None
    attainable: Usd
    realised: Usd
    left: Usd
    efficiency: Share | None


@dataclass(frozen=True, slots=True)
class Solution:
    """A price that a theory of bargaining calls for, and how far from it the deal was made."""

    price: Usd
    distance: Usd | None
    distance_share: Share | None
    favoured: Favoured | None


@dataclass(frozen=True, slots=True)
class Bargain:
    """The solutions of the price problem with the deal's seller or, with no deal, the best one;
    see `bargain`."""

    seller_id: UUID
    seller_name: str
    nash: Solution
    kalai_smorodinsky: Solution


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seller's first offer beside what followed; see `anchors`."""

    seller_id: UUID
    seller_name: str
    opened: bool
    event_id: int
    round: int
    first_price: Usd
    last_price: Usd
    above_last: Usd
    above_middle: Usd | None
    above_deal: Usd | None


@dataclass(frozen=True, slots=True)
class Step:
    """One price that a side named as data. `concession` is since its step before; `conceded` is
    how far it had come, as a share of its own range; `time` runs from 0 in the first round to 1 in
    the last that there may be."""

    event_id: int
    round: int
    price: Usd
    concession: Usd
    concession_share: Share | None
    conceded: Share | None
    time: Share


@dataclass(frozen=True, slots=True)
class Curve:
    """How one agent's price moved; see `curves`."""

    agent_id: UUID
    name: str
    side: Side
    steps: tuple[Step, ...]
    total: Usd
    total_share: Share | None
    beta: Ratio | None
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Activity:
    """How much one agent did. `by_person` counts the buyer's messages that a person wrote."""

    agent_id: UUID
    name: str
    side: Side
    messages: int
    offers: int
    passes: int
    by_person: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """Who did something last, and where in the log. A person who decides is on no seat."""

    agent_id: UUID | None
    name: str
    event_id: int


@dataclass(frozen=True, slots=True)
class Course:
    """How the run went by; see `course`."""

    rounds: int
    max_rounds: int
    turns: int
    messages: int
    offers: int
    passes: int
    seconds: float
    activity: tuple[Activity, ...]
    last_mover: Move | None
    last_concession: Move | None
    ended_by: EndedBy
    ended_event_id: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RunFigures:
    run_id: UUID
    session_id: UUID
    item_name: str
    number: int
    quantity_needed: int
    buyer_min_price: Usd
    buyer_max_price: Usd
    provider: str
    model: str
    strategies: tuple[Strategy, ...]
    zones: tuple[Zone, ...]
    deal: Deal | None
    gains: Gains
    bargain: Bargain | None
    anchors: tuple[Anchor, ...]
    curves: tuple[Curve, ...]
    course: Course

    @property
    def buyer(self) -> Strategy:
        return self.strategies[0]

    def zone(self, seller_id: UUID) -> Zone:
        """Raises `KeyError` for a seller that took no part."""
        for zone in self.zones:
            if zone.seller_id == seller_id:
                return zone
        raise KeyError(seller_id)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A figure in words. `figure` is its path in `RunFigures`, such as `deal.buyer_share`."""

    figure: str
    text: str
    event_ids: tuple[int, ...] = ()

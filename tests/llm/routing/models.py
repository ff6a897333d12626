"""Models, providers and planners for the tests of routing: all in memory, nothing is asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.llm import (
    CallContext,
    Catalogue,
    Chains,
    Health,
    LiveCatalogue,
    LiveProfiles,
    Message,
    ModelFacts,
    ModelRef,
    ModelRequest,
    Prices,
    Profile,
    Profiles,
    ProviderDisabled,
    Role,
    Task,
    Wishes,
)
from app.llm.call import Call
from app.llm.routing.plan import Candidate, Plan
from app.llm.routing.planner import RoutePlanner
from app.llm.routing.shortlist import Shortlists


class Watch:
    """A monotonic clock that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Here:
    """The providers that are configured; the first is the default."""

    names: tuple[str, ...] = ("openrouter", "lm_studio")

    @property
    def default(self) -> str:
        return self.names[0] if self.names else "offline"

    def require(self, name: str) -> object:
        if name not in (*self.names, "offline"):
            raise ProviderDisabled(f"Provider '{name}' is not configured: set its key and restart")
        return name


def facts(name: str, price: str | None = None, **more: Any) -> ModelFacts:
    """`price` is USD per million tokens of prompt and answer; `0` makes it free."""
    each = None if price is None else Decimal(price) / 1_000_000
    defaults: dict[str, Any] = {"prices": Prices(each, each), "free": each == 0}
    return ModelFacts(ModelRef.parse(name), **(defaults | more))


def candidate(name: str, price: str | None = None, **more: Any) -> Candidate:
    return Candidate(ModelRef.parse(name), facts(name, price, **more))


def request(*models: str, text: str = "Hello", **fields: Any) -> ModelRequest:
    """`models` are what is asked for; what `Wishes` knows goes there."""
    own = set(Wishes.__dataclass_fields__)
    wishes = Wishes(models=models, **{name: fields.pop(name) for name in own & set(fields)})
    values: dict[str, Any] = {
        "task": Task.CHAT,
        "messages": (Message(Role.USER, text),),
        "context": CallContext("default"),
        "wishes": wishes,
    }
    return ModelRequest(**(values | fields))


def a_call(asked: ModelRequest) -> Call:
    return Call(asked, created_at=datetime.now(UTC))


@dataclass
class Desk:
    """A planner and all it goes by."""

    rows: tuple[ModelFacts, ...] = ()
    profiles: tuple[Profile, ...] = ()
    chain: tuple[str, ...] = ()
    here: Here = field(default_factory=Here)
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self.catalogue = LiveCatalogue(Catalogue(self.rows))
        self.live = LiveProfiles(Profiles({profile.name: profile for profile in self.profiles}))
        chains = Chains(default=tuple(map(ModelRef.parse, self.chain)))
        self.planner = RoutePlanner(
            Shortlists(self.here, self.catalogue, self.live, chains), self.health
        )
        self.decision: dict[str, Any] = {}

    def plan(self, asked: ModelRequest) -> Plan:
        call = a_call(asked)
        plan = self.planner.plan(asked, call)
        self.decision = call.decision
        return plan

    def names(self, *models: str, **fields: Any) -> list[str]:
        """What is tried, in order, when that is asked for."""
        return [str(each.ref) for each in self.plan(request(*models, **fields)).candidates]

    @property
    def skipped(self) -> dict[str, str]:
        return {each["model"]: each["why"] for each in self.decision.get("skipped", [])}

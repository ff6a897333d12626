"""Agent profiles: which models suit a kind of work, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

from app.kit import json
from app.kit.frozen import frozen
from app.llm.catalogue.capabilities import Capability
from app.llm.messages import Order, Task


@frozen
class Profile:
    """`primary`, `fallbacks` and `complex` are names as people write them: `provider:model`, or an
    id of the catalogue. `complex` goes before `primary` where the work is. Without any, the chain
    of the settings decides, and then the default provider.

    `weights` are the shares of providers in the order `balanced`; one that isn't named has 1.
    `cache` and `compress` count where the caller doesn't say.
    """

    name: str
    description: str = ""
    primary: str | None = None
    fallbacks: tuple[str, ...] = ()
    complex: str | None = None
    required: frozenset[Capability] = frozenset()
    free_only: bool = False
    order: Order = Order.LISTED
    weights: tuple[tuple[str, int], ...] = ()
    cache: bool | None = None
    compress: tuple[str, ...] | None = None

    @property
    def models(self) -> tuple[str, ...]:
        return (*((self.primary,) if self.primary else ()), *self.fallbacks)

    @classmethod
    def of(cls, name: str, fields: Mapping[str, Any]) -> "Profile":
        """From what stands in the file or the database, which was checked before."""
        return cls(
            name=name,
            description=fields.get("description", ""),
            primary=fields.get("primary"),
            fallbacks=tuple(fields.get("fallbacks", ())),
            complex=fields.get("complex"),
            required=frozenset(map(Capability, fields.get("required", ()))),
            free_only=fields.get("free_only", False),
            order=Order(fields.get("order", Order.LISTED)),
            weights=tuple(sorted(fields.get("weights", {}).items())),
            cache=fields.get("cache"),
            compress=None if fields.get("compress") is None else tuple(fields["compress"]),
        )


def _shipped() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        files(__package__).joinpath("profiles.json").read_text("utf-8")
    )
    return data


_DATA = _shipped()

SHIPPED: Mapping[str, Profile] = {
    name: Profile.of(name, fields) for name, fields in _DATA["profiles"].items()
}
"""Those that come with the service, by name."""

TASK_PROFILES: Mapping[Task, str] = {Task(task): name for task, name in _DATA["tasks"].items()}
"""The profile of a call that asks for none. A task that isn't listed has none."""


@dataclass(frozen=True)
class Profiles:
    """The shipped ones with people's changes over them: everybody's, and those of one tenant.
    Never changes; whoever learns of a change makes new ones."""

    everyones: Mapping[str, Profile] = field(default_factory=dict)
    of_tenants: Mapping[str, Mapping[str, Profile]] = field(default_factory=dict)

    @cached_property
    def steers_layers(self) -> bool:
        """Whether any says something about the cache or compression."""
        shared = (SHIPPED, self.everyones, *self.of_tenants.values())
        profiles = (profile for group in shared for profile in group.values())
        return any(p.cache is not None or p.compress is not None for p in profiles)

    def scope(self, tenant_id: str) -> str:
        """What tells tenants apart that see different profiles: empty for all who see the same."""
        return tenant_id if tenant_id in self.of_tenants else ""

    def find(self, name: str, tenant_id: str) -> Profile | None:
        own = self.of_tenants.get(tenant_id)
        return (own and own.get(name)) or self.everyones.get(name) or SHIPPED.get(name)

    def all(self, tenant_id: str) -> Mapping[str, Profile]:
        """Those that a tenant sees, by name."""
        return {**SHIPPED, **self.everyones, **self.of_tenants.get(tenant_id, {})}


class LiveProfiles:
    """Holds the newest profiles for all who look things up; `gateway` puts in newer ones."""

    def __init__(self, profiles: Profiles | None = None) -> None:
        self.current = profiles or Profiles()

    def names(self, tenant_id: str = "") -> tuple[str, ...]:
        """Those that a tenant may name; of no tenant, those that all may."""
        return tuple(sorted(self.current.all(tenant_id)))

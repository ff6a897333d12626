"""What a caller asked for: models, profiles, or nothing in particular."""

from collections.abc import Iterator

from app.errors import FieldIssue
from app.kit.frozen import frozen
from app.llm.errors import UnknownModel
from app.llm.messages import ModelRef, ModelRequest, Order
from app.llm.routing.names import AUTO, PROFILE_PREFIX
from app.llm.routing.profile import TASK_PROFILES, Profile, Profiles
from app.llm.routing.suitability import Check, capable, free, within_price

Name = str | ModelRef | Profile


@frozen
class Asked:
    """`names` in the order they are tried; `auto` and `profile:…` have become profiles. `profile`
    is the one whose rules count."""

    names: tuple[Name, ...]
    profile: Profile | None
    request: ModelRequest

    @classmethod
    def of(cls, request: ModelRequest, profiles: Profiles) -> "Asked":
        """The profile is the one that the caller wishes, else the first that is named, else the
        task's where no model is named. Raises `UnknownModel` when there is no such profile."""
        names = tuple(dict.fromkeys(_names(request, profiles)))
        profile = _wished(request, profiles)
        if profile is None:
            profile = next((name for name in names if isinstance(name, Profile)), None)
        return cls(names, profile, request)

    @property
    def anything(self) -> bool:
        """Whether any model will do: none was named, or not only such."""
        return not self.names or any(isinstance(name, Profile) for name in self.names)

    @property
    def profile_named(self) -> bool:
        """Whether the caller named a profile itself, and didn't just leave it to the task."""
        wishes = self.request.wishes
        return wishes.profile is not None or any(
            name.startswith(PROFILE_PREFIX) for name in wishes.models
        )

    @property
    def free_only(self) -> bool:
        return self.request.wishes.free_only or bool(self.profile and self.profile.free_only)

    @property
    def order(self) -> Order:
        return self.request.wishes.order or (self.profile.order if self.profile else Order.LISTED)

    def checks(self) -> Iterator[Check]:
        """What every model has to pass, whatever the prompt says."""
        if self.free_only:
            yield free
        if self.request.wishes.max_price is not None:
            yield within_price(self.request.wishes.max_price)
        if self.profile is not None and self.profile.required:
            yield capable(self.profile.required)


def _names(request: ModelRequest, profiles: Profiles) -> Iterator[Name]:
    wishes = request.wishes
    if request.model is not None:
        yield request.model
    for name in wishes.models:
        if name == AUTO:
            yield from _automatic(request, profiles)
        elif name.startswith(PROFILE_PREFIX):
            yield _profile(name.removeprefix(PROFILE_PREFIX), request, profiles)
        else:
            yield name
    if (wished := _wished(request, profiles)) is not None:
        yield wished
    elif request.model is None and not wishes.models:
        yield from _automatic(request, profiles)


def _automatic(request: ModelRequest, profiles: Profiles) -> Iterator[Profile]:
    """The profile that is wished, else the task's, where it has one."""
    if (wished := _wished(request, profiles)) is not None:
        yield wished
    elif (name := TASK_PROFILES.get(request.task)) is not None:
        yield _profile(name, request, profiles)


def _wished(request: ModelRequest, profiles: Profiles) -> Profile | None:
    name = request.wishes.profile
    return None if name is None else _profile(name, request, profiles, field="profile")


def _profile(
    name: str, request: ModelRequest, profiles: Profiles, *, field: str | None = None
) -> Profile:
    """`field` is where the caller named it, unless it did so as a model."""
    tenant_id = request.context.tenant_id
    found = profiles.find(name, tenant_id)
    if found is None:
        known = ", ".join(sorted(profiles.all(tenant_id))[:50])
        issue = f"There is no profile {name[:100]!a}; there are {known}"
        details = () if field is None else (FieldIssue(field, issue),)
        raise UnknownModel(issue, details=details)
    return found

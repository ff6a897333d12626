"""From the names that people write to models."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Protocol

from app.llm.catalogue.catalogue import Catalogue
from app.llm.errors import RetiredModel, UnknownModel
from app.llm.messages import ModelRef
from app.llm.providers.connected import OFFLINE
from app.llm.providers.registry import PROVIDERS
from app.llm.routing.plan import Candidate, Source

AUTO = "auto"
PROFILE_PREFIX = "profile:"
ASSISTANT = ModelRef(OFFLINE, "assistant")
"""The built-in model, for who asks for `offline`, and for who has nothing else."""

_CUSTOM_PREFIX = "custom_"
_GONE = "its provider no longer lists it"
_LONGEST = 200
_COMPARED = 2000


class Directory(Protocol):
    """The providers that can be asked."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def default(self) -> str: ...

    def require(self, name: str) -> object:
        """Raises `ProviderDisabled`, saying what to do."""
        ...


class Names:
    """Looks names up among the providers and in one catalogue."""

    def __init__(self, providers: Directory, catalogue: Catalogue) -> None:
        self._providers = providers
        self._catalogue = catalogue

    def find(self, name: str, source: Source = Source.ASKED) -> tuple[Candidate, ...]:
        """The models of that name: several where a bare id is offered by several providers.

        Ids hold colons too, so one whose first part is no provider is an id as a whole.
        Raises `UnknownModel`, `RetiredModel`, `ProviderDisabled`.
        """
        name = name.strip()
        if name == OFFLINE:
            return (self.of(ASSISTANT, source),)
        provider, _, model = name.partition(":")
        provider = self._spelled(provider)
        if model and self._known(provider):
            return (self.of(ModelRef(provider, model), source),)
        return self._bare(name, source)

    def of(self, ref: ModelRef, source: Source = Source.ASKED) -> Candidate:
        """A model at a provider, known to the catalogue or not. Raises like `find`."""
        ref = ModelRef(self._spelled(ref.provider), ref.model)
        self._providers.require(ref.provider)
        facts = self._catalogue.find(ref)
        if facts is not None and facts.retired:
            raise RetiredModel(f"{ref} is retired: {_GONE}")
        return Candidate(ref, facts, source)

    def _bare(self, name: str, source: Source) -> tuple[Candidate, ...]:
        rows = self._catalogue.named(name)
        if not rows:
            raise _unknown(name, self._catalogue)
        order = {provider: place for place, provider in enumerate(self._providers.names)}
        usable = [row for row in rows if row.ref.provider in order]
        if not usable:
            self._providers.require(rows[0].ref.provider)
        offered = [row for row in usable if not row.retired]
        if not offered:
            raise RetiredModel(f"{name} is retired: {_GONE}")
        offered.sort(key=lambda row: order[row.ref.provider])
        return tuple(Candidate(row.ref, row, source) for row in offered)

    def _spelled(self, provider: str) -> str:
        """`custom_mine` is a spelling of `mine`, as in CUSTOM_MINE_BASE_URL."""
        plain = provider.removeprefix(_CUSTOM_PREFIX)
        return plain if plain in self._providers.names else provider

    def _known(self, provider: str) -> bool:
        return provider in PROVIDERS or provider in self._providers.names or provider == OFFLINE


def _unknown(name: str, catalogue: Catalogue) -> UnknownModel:
    near = _near(name, (row.ref.model for row in catalogue if not row.retired))
    meant = f" Near it: {', '.join(near)}." if near else ""
    return UnknownModel(
        f"There is no model {name[:_LONGEST]!a}.{meant} Write provider:model, as in "
        "openrouter:openai/gpt-5-mini, to ask a provider for what the catalogue doesn't know"
    )


def _near(name: str, known: Iterable[str]) -> list[str]:
    """At most three ids that were likely meant: those that hold the name, then those like it."""
    ids = sorted(set(known))[:_COMPARED]
    text = name[:_LONGEST].lower()
    holding = [model for model in ids if text and text in model.lower()]
    tails = {model.rpartition("/")[2].lower(): model for model in ids}
    alike = [tails[tail] for tail in get_close_matches(text.rpartition("/")[2], tails)]
    return list(dict.fromkeys([*holding, *alike]))[:3]

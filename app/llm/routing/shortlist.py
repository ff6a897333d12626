"""The models a call may come to, as far as that depends on names, prices and profiles alone.

That is the same for all calls that ask alike, until the catalogue or a profile changes, and so it
is found out once for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.llm.catalogue.catalogue import LiveCatalogue
from app.llm.errors import LLMError, NoModelAtHand, NoModelFits, ProviderDisabled
from app.llm.messages import ModelRef, ModelRequest, Task, Wishes
from app.llm.routing.asked import Asked
from app.llm.routing.chain import Chains
from app.llm.routing.defaults import default_models
from app.llm.routing.names import Directory, Names
from app.llm.routing.plan import Candidate, Plan, Source
from app.llm.routing.profile import LiveProfiles, Profile
from app.llm.routing.search import Retirements, Search, Skipped
from app.llm.routing.suitability import sift


@dataclass(slots=True)
class Shortlist:
    """`hard` are the profile's models for complex work, `models` all others as listed.
    `context_length` is the shortest that is known of any, in tokens. `plain` is for the planner to
    remember what comes out where there is no choice."""

    asked: Asked
    models: tuple[Candidate, ...]
    hard: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...]
    context_length: int | None
    plain: tuple[Plan, dict[str, Any]] | None = None

    @property
    def choice(self) -> bool:
        return len(self.models) > 1 or bool(self.hard)


class Shortlists:
    """Remembers the newest `BOUND`: callers choose names and wishes freely."""

    BOUND = 1024

    def __init__(
        self,
        providers: Directory,
        catalogue: LiveCatalogue,
        profiles: LiveProfiles,
        chains: Chains,
        retirements: Retirements | None = None,
    ) -> None:
        self._providers = providers
        self._catalogue = catalogue
        self._profiles = profiles
        self._chains = chains
        self._retirements = retirements or Retirements()
        self._made: dict[tuple[Task, ModelRef | None, Wishes, str, bool], Shortlist] = {}
        self._made_from: tuple[object, object] = (None, None)

    def of(self, request: ModelRequest) -> Shortlist:
        """With at least one model. Raises `UnknownModel`, `ProviderDisabled`, `NoModelFits`."""
        catalogue, profiles = self._catalogue.current, self._profiles.current
        if self._made_from[0] is not catalogue or self._made_from[1] is not profiles:
            self._made, self._made_from = {}, (catalogue, profiles)
        scope = profiles.scope(request.context.tenant_id)
        key = (request.task, request.model, request.wishes, scope, bool(request.inputs))
        found = self._made.get(key)
        if found is None:
            found = self._make(Asked.of(request, profiles))
            if len(self._made) >= self.BOUND:
                del self._made[next(iter(self._made))]
            self._made[key] = found
        return found

    def _make(self, asked: Asked) -> Shortlist:
        search = self._gather(asked)
        checks, complex_model = tuple(asked.checks()), asked.profile and asked.profile.complex
        hard = search.look(complex_model, Source.COMPLEX) if complex_model else ()
        models, lost = sift(search.found, checks)
        hard_models, hard_lost = sift(hard, checks)
        skipped = (*search.skipped, *_dropped(chain(lost, hard_lost)))
        if not models and not hard_models and not _unfit(asked, [*lost, *hard_lost]):
            models, more = sift(self._instead(asked), checks)
            lost, skipped = [*lost, *more], (*skipped, *_dropped(more))
        if not models and not hard_models:
            raise _nothing(asked, skipped, None if lost or hard_lost else search.failure)
        return Shortlist(
            asked, tuple(models), tuple(hard_models), skipped, _shortest([*models, *hard_models])
        )

    def _gather(self, asked: Asked) -> Search:
        """The models that were asked for, each profile's, and the chain of the settings."""
        search = Search(Names(self._providers, self._catalogue.current), self._retirements)
        for place, name in enumerate(asked.names):
            if isinstance(name, Profile):
                for model in name.models:
                    search.add(model, Source.PROFILE)
            else:
                search.add(name, Source.ASKED, must=place == 0)
        for ref in self._chains.fallbacks(asked.request):
            search.add(ref, Source.CHAIN)
        return search

    def _instead(self, asked: Asked) -> Iterator[Candidate]:
        """What is taken where any model will do, and none was found."""
        if not asked.anything:
            return
        found = default_models(
            asked.request, self._providers, self._catalogue.current, free_only=asked.free_only
        )
        for candidate in found:
            try:
                self._providers.require(candidate.ref.provider)
            except ProviderDisabled:
                return
            yield candidate


def _unfit(asked: Asked, lost: Iterable[tuple[Candidate, str]]) -> bool:
    """Whether models of a profile that the caller named are there and don't suit: another one in
    their place is nobody's choice, and may cost money."""
    own = (Source.PROFILE, Source.COMPLEX)
    return asked.profile_named and any(candidate.source in own for candidate, _ in lost)


def _dropped(lost: Iterable[tuple[Candidate, str]]) -> Iterator[Skipped]:
    return (Skipped(str(candidate.ref), why) for candidate, why in lost)


def _shortest(candidates: Iterable[Candidate]) -> int | None:
    lengths = [each.facts.context_length for each in candidates if each.facts]
    return min([length for length in lengths if length is not None], default=None)


def _nothing(asked: Asked, skipped: tuple[Skipped, ...], failure: LLMError | None) -> LLMError:
    """The trouble with the model that was named, else all that was left out, else what to set."""
    if failure is not None and not asked.anything:
        return failure
    left_out = "; ".join(f"{each.name}: {each.why}" for each in skipped[:20])
    if skipped and failure is None:
        return NoModelFits(f"No model suits: {left_out}")
    return NoModelAtHand(
        f"No model is at hand for '{asked.request.task}'{f' ({left_out})' if left_out else ''}: "
        "name one in the request, or set LLM_CHAIN to models of configured providers, as in "
        "LLM_CHAIN=openrouter:openai/gpt-5-mini,ollama:llama3.2:3b"
    )

"""`GET /v1/models`: every name that a request may give as its `model`."""

from collections.abc import Callable, Iterable, Iterator

from app.compat.openai.schemas import ListedModel
from app.llm import OFFLINE, LiveCatalogue, LLMClient, UnknownModel

AUTO = "auto"


class Listing:
    """`profiles` gives the names of the profiles there are now."""

    def __init__(
        self,
        client: LLMClient,
        catalogue: LiveCatalogue,
        profiles: Callable[[], Iterable[str]],
    ) -> None:
        self._client = client
        self._catalogue = catalogue
        self._profiles = profiles

    def models(self) -> list[ListedModel]:
        """Of configured providers, without those that are retired, in the order of their names."""
        return [_listed(name, owner) for name, owner in self._names()]

    def model(self, name: str) -> ListedModel:
        """Raises `UnknownModel`. A bare id stands for itself at whichever provider has it."""
        for known, owner in self._names():
            bare = known.removeprefix(f"{owner}:")
            if name in (known, bare):
                return _listed(name, owner)
        raise UnknownModel(
            f"there is no model '{name[:100]}'; GET /v1/models lists those there are"
        )

    def _names(self) -> Iterator[tuple[str, str]]:
        """With their owners: who answers for the name."""
        yield AUTO, "parley"
        for profile in sorted(self._profiles()):
            yield f"profile:{profile}", "parley"
        yield OFFLINE, "parley"
        providers = set(self._client.configured())
        rows = (row for row in self._catalogue.current if not row.retired)
        for name in sorted(str(row.ref) for row in rows if row.ref.provider in providers):
            yield name, name.partition(":")[0]


def _listed(name: str, owner: str) -> ListedModel:
    return ListedModel(id=name, owned_by=owner)

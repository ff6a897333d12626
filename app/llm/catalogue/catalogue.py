"""Which models there are, in memory: what routing and prices look up on every call."""

from collections.abc import Iterable, Iterator

from app.llm.catalogue.facts import ModelFacts
from app.llm.messages import ModelRef


class Catalogue:
    """Never changes; whoever learns of more makes a new one."""

    def __init__(self, rows: Iterable[ModelFacts] = ()) -> None:
        self._rows = {row.ref: row for row in rows}
        self._by_name: dict[str, list[ModelFacts]] = {}
        for row in self._rows.values():
            self._by_name.setdefault(row.ref.model, []).append(row)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[ModelFacts]:
        return iter(self._rows.values())

    def find(self, ref: ModelRef) -> ModelFacts | None:
        return self._rows.get(ref)

    def named(self, model: str) -> tuple[ModelFacts, ...]:
        """The rows of this bare id, at whichever providers offer it."""
        return tuple(self._by_name.get(model, ()))


class LiveCatalogue:
    """Holds the newest catalogue for all who look things up; `gateway` puts in newer ones."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.current = catalogue or Catalogue()

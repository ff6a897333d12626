"""Shows the catalogue."""

from app.db import EVERY_TENANT, Database
from app.gateway.catalogue.browsing.repository import KeptModel, Shelf
from app.gateway.catalogue.browsing.wanted import Wanted
from app.gateway.catalogue.models import BenchmarkRow, PriceRow
from app.kit.frozen import frozen
from app.llm import ModelRef, UnknownModel

_CUSTOM = "custom_"


@frozen
class Page:
    models: list[KeptModel]
    total: int


@frozen
class Biography:
    """A model with its past, the newest first, and the other providers of the same id."""

    model: KeptModel
    prices: list[PriceRow]
    benchmarks: list[BenchmarkRow]
    also_at: list[str]


class Browsing:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, wanted: Wanted) -> Page:
        async with self._database.read(EVERY_TENANT) as unit:
            return Page(*await Shelf(unit).find(wanted))

    async def show(self, name: str, provider: str | None = None) -> Biography:
        """`name` is a bare id or `provider:model`; of the providers that have it, an active one
        comes first. Raises `UnknownModel`."""
        async with self._database.read(EVERY_TENANT) as unit:
            shelf = Shelf(unit)
            found = await shelf.named(_readings(name, provider))
            if not found:
                raise _unknown(name, provider)
            first = found[0].row
            ref = ModelRef(first.provider, first.model)
            return Biography(
                model=found[0],
                prices=await shelf.prices(ref),
                benchmarks=await shelf.benchmarks(ref),
                also_at=[
                    each.row.provider
                    for each in found[1:]
                    if each.row.model == first.model and each.row.provider != first.provider
                ],
            )


def _readings(name: str, provider: str | None) -> list[tuple[str | None, str]]:
    """What a name may mean: ids hold colons themselves."""
    readings: list[tuple[str | None, str]] = [(provider, name)]
    head, colon, rest = name.partition(":")
    if colon and head and rest:
        at = head.removeprefix(_CUSTOM)
        readings += [(each, rest) for each in dict.fromkeys((head, at)) if provider in (None, each)]
    return readings


def _unknown(name: str, provider: str | None) -> UnknownModel:
    at = f" of {provider}" if provider else ""
    return UnknownModel(
        f"There is no model '{name[:200]}'{at} in the catalogue; GET /api/v1/models lists those "
        "there are, POST /api/v1/models/discover asks the providers anew"
    )

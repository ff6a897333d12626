"""Scorers: switched on by name, and what they say of traces."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from app.telemetry.exporters.galileo.api import GalileoApi, rows_in
from app.telemetry.exporters.galileo.directory import Place
from app.telemetry.exporters.galileo.values import ScoreValue

log = structlog.get_logger()

_LONGEST_EXPLANATION = 2_000
_STATUSES = frozenset(
    {"success", "pending", "computing", "failed", "error", "not_computed", "not_applicable"}
)


class Scorers:
    """The scorers of one log stream. `unknown` are the names that Galileo has no scorer for."""

    def __init__(self, api: GalileoApi, names: Sequence[str]) -> None:
        self._api = api
        self._names = tuple(dict.fromkeys(names))
        self._keys: dict[str, str] = {}
        self._enabled = False
        self.unknown: tuple[str, ...] = ()

    async def enable(self, place: Place) -> None:
        """Once, as the SDK's `enable_metrics` does it: these scorers take the place of those that
        the log stream had. Raises `GalileoError`."""
        if self._enabled or not self._names:
            return
        labels = {name: _spellings(name) for name in self._names}
        listed = await self._list([each for spelled in labels.values() for each in spelled])
        found = {name: _one_of(listed, spelled) for name, spelled in labels.items()}
        known = {name: row for name, row in found.items() if row is not None}
        if known:
            await self._api.post(
                f"/projects/{place.project_id}/runs/{place.log_stream_id}/scorer-settings",
                {"run_id": place.log_stream_id, "scorers": [*known.values()]},
            )
        self._keys = {key: name for name, row in known.items() for key in _keys(name, row)}
        self.unknown = tuple(name for name in self._names if name not in known)
        self._enabled = True
        if self.unknown:
            log.error("galileo.unknown_scorers", names=[*self.unknown], known=[*known])

    def forget(self) -> None:
        self._enabled = False

    async def read(self, place: Place, ids: Iterable[UUID]) -> dict[UUID, tuple[ScoreValue, ...]]:
        """What is known so far of these traces; of one that Galileo doesn't show yet, nothing.
        Raises `GalileoError`."""
        found: dict[UUID, tuple[ScoreValue, ...]] = {}
        for record in await search_traces(self._api, place, ids):
            try:
                trace_id = UUID(str(record.get("id")))
            except ValueError:
                continue
            found[trace_id] = tuple(self._scores(record.get("metric_info")))
        return found

    def complete(self, scores: Sequence[ScoreValue]) -> bool:
        """Whether every scorer has said all that it will."""
        final = {score.scorer for score in scores if score.final}
        return final >= set(self._keys.values())

    def _scores(self, info: Any) -> Iterator[ScoreValue]:
        """The first entry of each scorer: an alias says nothing else."""
        told: set[str] = set()
        for key, entry in info.items() if isinstance(info, dict) else ():
            if not isinstance(entry, dict):
                continue
            name = self._keys.get(key) or self._keys.get(str(entry.get("metric_key_alias")))
            if name is not None and name not in told:
                told.add(name)
                yield _score(name, entry)

    async def _list(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        path = "/scorers/list"
        wanted = {
            "name": "label",
            "operator": "one_of",
            "value": [*labels],
            "case_sensitive": False,
            "strict": False,
        }
        return rows_in(await self._api.post(path, {"filters": [wanted]}), "scorers", path)


async def search_traces(api: GalileoApi, place: Place, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """The records that Galileo has of these. Raises `GalileoError`."""
    path = f"/projects/{place.project_id}/traces/search"
    values = [str(each) for each in ids]
    wanted = {"type": "id", "column_id": "id", "operator": "one_of", "value": values}
    body = {"log_stream_id": place.log_stream_id, "filters": [wanted], "limit": len(values)}
    return rows_in(await api.post(path, body), "records", path)


def _spellings(name: str) -> tuple[str, ...]:
    """How Galileo may call it: by its label, by its name, and as one of what goes out."""
    # The SDK is loaded only where it is on.
    from galileo.schema.metrics import (  # type: ignore[import-untyped]  # noqa: PLC0415
        GalileoMetrics,
    )

    labels = [
        GalileoMetrics[spelled].value
        for spelled in (name, f"output_{name}")
        if spelled in GalileoMetrics.__members__
    ]
    return (*labels, name)


def _one_of(rows: Sequence[dict[str, Any]], spelled: Sequence[str]) -> dict[str, Any] | None:
    """By the first spelling that any of them has."""
    for wanted in spelled:
        for row in rows:
            if wanted.lower() in {str(row.get("label")).lower(), str(row.get("name")).lower()}:
                return row
    return None


def _keys(name: str, row: Mapping[str, Any]) -> set[str]:
    """Under which names a record may hold what this scorer said."""
    from galileo_core.helpers.scorers import (  # noqa: PLC0415  # the SDK is loaded only where on
        SCORER_TO_ALL_METRICS,
    )

    told = (name, row.get("id"), row.get("name"), row.get("metric_name"), row.get("label"))
    names = {str(each) for each in told if each}
    return names.union(*(SCORER_TO_ALL_METRICS.get(each, ()) for each in names))


def _score(scorer: str, entry: Mapping[str, Any]) -> ScoreValue:
    status = str(entry.get("status_type", "success"))
    status = "success" if status == "roll_up" else status
    status = status if status in _STATUSES else "error"
    said = _number_of(entry) if status == "success" else None
    words = entry.get("explanation") or entry.get("rationale") or entry.get("message")
    if said is None and words is None and status == "success":
        words = entry.get("display_value") or entry.get("value")
    explanation = None if words is None else str(words)[:_LONGEST_EXPLANATION]
    return ScoreValue(scorer, status, said, explanation)


def _number_of(entry: Mapping[str, Any]) -> float | None:
    """0 to 1, also of an average over spans; None of anything else, such as a tone."""
    rolled = entry.get("roll_up_metrics")
    average = rolled.get("average") if isinstance(rolled, dict) else None
    for value in (entry.get("value"), average):
        if isinstance(value, int | float) and 0 <= value <= 1:
            return float(value)
    return None

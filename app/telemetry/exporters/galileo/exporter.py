"""Galileo as one thing: takes traces, and tells what was made of them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from app.kit import garbage
from app.kit.frozen import frozen
from app.telemetry.exporters.galileo import building
from app.telemetry.exporters.galileo.api import GalileoApi
from app.telemetry.exporters.galileo.directory import Directory
from app.telemetry.exporters.galileo.scorers import Scorers, search_traces
from app.telemetry.exporters.galileo.trouble import GalileoError, Trouble
from app.telemetry.exporters.galileo.values import ScoreValue, SessionValue, TraceValue

_ABOUT_THE_BODY = frozenset({400, 413, 422})
_STALE = frozenset({400, 404, 422})
"""Answers that may also mean that what was found before was deleted since."""


@frozen
class GalileoOptions:
    """As in the settings `GALILEO_…`. `timeout` is for a request, in seconds."""

    api_key: SecretStr
    api_url: str
    project: str
    log_stream: str
    scorers: tuple[str, ...] = ()
    timeout: float = 10.0


class Galileo:
    """Opens nothing before it is first asked. Every method raises `GalileoError`, within seconds
    of the time-outs; none blocks the loop."""

    def __init__(self, options: GalileoOptions) -> None:
        self._api = GalileoApi(options.api_url, options.api_key, timeout=options.timeout)
        self._directory = Directory(
            self._api, project=options.project, log_stream=options.log_stream
        )
        self._scorers = Scorers(self._api, options.scorers)
        self.scores_anything = bool(options.scorers)

    @property
    def notes(self) -> tuple[str, ...]:
        """For people: what is set up wrong."""
        return tuple(f"Galileo knows no scorer '{name}'" for name in self._scorers.unknown)

    async def begin(self) -> None:
        """Imports the SDK, finds its place at Galileo and switches scorers on, so that nothing has
        to wait for that later, and what is set up wrong shows at the start."""
        await garbage.load(building.load)
        await self._scorers.enable(await self._directory.place())

    async def deliver(self, session: SessionValue, traces: Sequence[TraceValue]) -> None:
        """Returns once Galileo has taken them. `GalileoError.about_traces` says that it won't take
        them another time either."""
        built = await asyncio.to_thread(_build, traces)
        try:
            await self._ingest(session, built)
        except GalileoError as error:
            if error.status not in _STALE:
                raise
            self._forget()
            await self._ingest(session, built)

    async def _ingest(self, session: SessionValue, built: Sequence[Mapping[str, Any]]) -> None:
        place = await self._directory.place()
        await self._scorers.enable(place)
        body = {
            "log_stream_id": place.log_stream_id,
            "logging_method": "python_client",
            "reliable": True,
            "session_id": await self._directory.session_id(session),
            "session_external_id": session.external_id,
            "is_complete": True,
            "traces": built,
        }
        try:
            await self._api.post(f"/v2/projects/{place.project_id}/traces", body)
        except GalileoError as error:
            if error.status in _ABOUT_THE_BODY:
                raise GalileoError(Trouble.TRACE_REFUSED, str(error), error.status) from None
            raise

    async def known(self, ids: Sequence[UUID]) -> set[UUID]:
        """Which of these Galileo has: what was sent before may have arrived."""
        place = await self._directory.place()
        records = await search_traces(self._api, place, ids)
        there = {str(record.get("id")) for record in records}
        return {each for each in ids if str(each) in there}

    async def scores(self, ids: Sequence[UUID]) -> dict[UUID, tuple[ScoreValue, ...]]:
        """What scorers say so far."""
        place = await self._directory.place()
        await self._scorers.enable(place)
        return await self._scorers.read(place, ids)

    def scored(self, scores: Sequence[ScoreValue]) -> bool:
        """Whether there is nothing more to wait for."""
        return self._scorers.complete(scores)

    async def aclose(self) -> None:
        await self._api.aclose()

    def _forget(self) -> None:
        self._directory.forget()
        self._scorers.forget()


def _build(traces: Sequence[TraceValue]) -> list[dict[str, Any]]:
    return [_build_one(trace) for trace in traces]


def _build_one(trace: TraceValue) -> dict[str, Any]:
    try:
        return building.build(trace)
    except GalileoError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever the SDK makes of what a model said
        why = type(error).__name__  # its words may quote the trace
        raise GalileoError(Trouble.NOT_BUILT, f"the SDK built no trace: {why}") from None

"""Where traces go at Galileo: project, log stream and sessions, found once or made."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from app.telemetry.exporters.galileo.api import GalileoApi, rows_in, text_in
from app.telemetry.exporters.galileo.trouble import GalileoError, Trouble
from app.telemetry.exporters.galileo.values import SessionValue

_SESSIONS = 10_000
"""Whose ids are remembered. One that is forgotten is found again by its external id."""
_PAGE = 500
_MOST_PAGES = 100


class Place(NamedTuple):
    project_id: str
    log_stream_id: str


class Directory:
    def __init__(self, api: GalileoApi, *, project: str, log_stream: str) -> None:
        self._api = api
        self._project_name = project
        self._log_stream_name = log_stream
        self._place: Place | None = None
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._looking = asyncio.Lock()

    async def place(self) -> Place:
        """Raises `GalileoError`."""
        async with self._looking:
            if self._place is None:
                project_id = await self._project()
                self._place = Place(project_id, await self._log_stream(project_id))
            return self._place

    async def session_id(self, session: SessionValue) -> str:
        """Raises `GalileoError`."""
        place = await self.place()
        async with self._looking:
            known = self._sessions.pop(session.external_id, None)
            found = known or await self._find_session(place, session)
            self._sessions[session.external_id] = found
            if len(self._sessions) > _SESSIONS:
                self._sessions.popitem(last=False)
            return found

    def forget(self) -> None:
        """Looks everything up again the next time: something isn't there any more."""
        self._place = None
        self._sessions.clear()

    async def _project(self) -> str:
        path = "/projects"
        made = {"name": self._project_name, "type": "gen_ai", "create_example_templates": False}
        return await self._found_or_made(self._find_project, path, made)

    async def _log_stream(self, project_id: str) -> str:
        path = f"/projects/{project_id}/log_streams"
        made = {"name": self._log_stream_name}
        return await self._found_or_made(lambda: self._find_log_stream(path), path, made)

    async def _found_or_made(
        self, find: Callable[[], Awaitable[str | None]], path: str, made: Mapping[str, Any]
    ) -> str:
        """Whoever is refused what it wants to make looks again: another process was faster."""
        found = await find()
        if found is not None:
            return found
        try:
            return text_in(await self._api.post(path, made), "id", path)
        except GalileoError as error:
            found = await find() if error.trouble is Trouble.REFUSED else None
            if found is None:
                raise
            return found

    async def _find_project(self) -> str | None:
        path = "/projects"
        told = await self._api.get(path, {"project_name": self._project_name, "type": "gen_ai"})
        return _named(self._project_name, rows_in(told, None, path), path)

    async def _find_log_stream(self, path: str) -> str | None:
        token: object = 0
        for _ in range(_MOST_PAGES):
            if not isinstance(token, int):
                break
            page = {"starting_token": token, "limit": _PAGE}
            told = await self._api.get(f"{path}/paginated", page)
            found = _named(self._log_stream_name, rows_in(told, "log_streams", path), path)
            if found is not None:
                return found
            token = told.get("next_starting_token")
        return None

    async def _find_session(self, place: Place, session: SessionValue) -> str:
        path = f"/v2/projects/{place.project_id}/sessions"
        wanted = {
            "type": "text",
            "column_id": "external_id",
            "operator": "eq",
            "value": session.external_id,
        }
        stream = {"log_stream_id": place.log_stream_id}
        told = await self._api.post(f"{path}/search", {**stream, "filters": [wanted]})
        for row in rows_in(told, "records", path):
            return text_in(row, "id", path)
        made = await self._api.post(
            path, {**stream, "name": session.name, "external_id": session.external_id}
        )
        return text_in(made, "id", path)


def _named(name: str, rows: Sequence[Mapping[str, Any]], path: str) -> str | None:
    return next((text_in(row, "id", path) for row in rows if row.get("name") == name), None)

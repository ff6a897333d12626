"""Where traces go at Galileo: project, log stream and sessions, found once or made."""

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from app.telemetry.exporters.galileo.api import GalileoApi, rows_in, text_in
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
        self._project = project
        self._log_stream = log_stream
        self._place: Place | None = None
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._looking = asyncio.Lock()

    async def place(self) -> Place:
        """Raises `GalileoError`."""
        async with self._looking:
            if self._place is None:
                project_id = await self._find_project()
                self._place = Place(project_id, await self._find_log_stream(project_id))
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

    async def _find_project(self) -> str:
        path = "/projects"
        told = await self._api.get(path, {"project_name": self._project, "type": "gen_ai"})
        for row in rows_in(told, None, path):
            if row.get("name") == self._project:
                return text_in(row, "id", path)
        made = await self._api.post(
            path, {"name": self._project, "type": "gen_ai", "create_example_templates": False}
        )
        return text_in(made, "id", path)

    async def _find_log_stream(self, project_id: str) -> str:
        path = f"/projects/{project_id}/log_streams"
        token: object = 0
        for _ in range(_MOST_PAGES):
            if not isinstance(token, int):
                break
            told = await self._api.get(
                f"{path}/paginated", {"starting_token": token, "limit": _PAGE}
            )
            for row in rows_in(told, "log_streams", path):
                if row.get("name") == self._log_stream:
                    return text_in(row, "id", path)
            token = told.get("next_starting_token")
        return text_in(await self._api.post(path, {"name": self._log_stream}), "id", path)

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

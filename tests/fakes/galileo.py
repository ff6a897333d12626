"""Galileo on loopback: login, projects, log streams, sessions, ingestion, search and scorers.

    async with FakeGalileo() as galileo:
        ...  # galileo.url, galileo.key, galileo.traces; `fault` spoils the answers

A fault is `ok`, `hang`, `cut`, `garbage`, `flood`, `status-503` or any other status, and `late`,
which takes what was sent and then hangs. It is that of every request, or of those whose path holds
`fault_at`. A trace is kept by its id, once; `received` counts how often each came.
"""

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.fakes.http_server import Exchange, HttpServer, Request

KEY = "galileo-canary-key-9d41"
NOW = "2026-01-31T12:00:00Z"
_JSON = {"content-type": "application/json"}

Json = dict[str, Any]
Metrics = Callable[[Json], Json]
"""From a trace to its `metric_info`."""


class FakeGalileo:
    """`scorers` are the rows that it has; `metrics` says what a trace is found with."""

    def __init__(self, *, fault: str = "ok", ingest_service: bool = False) -> None:
        self.fault = fault
        self.fault_at = ""
        self.key = KEY
        self.ingest_service = ingest_service
        self.projects: dict[str, str] = {}
        self.log_streams: dict[str, str] = {}
        self.sessions: dict[str, str] = {}
        self.traces: dict[str, Json] = {}
        self.received: Counter[str] = Counter()
        self.bodies: list[Json] = []
        self.settings: list[Json] = []
        self.scorers = [
            scorer("correctness", "Correctness"),
            scorer("context_adherence", "Context Adherence"),
            scorer("reasoning_coherence", "Reasoning Coherence"),
            scorer("output_tone", "Output Tone"),
        ]
        self.metrics: Metrics = lambda trace: {}
        self.logins = 0
        self.tokens: set[str] = set()
        self.requests: list[Request] = []
        self._server = HttpServer(self._handle)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.__aexit__(*exc)

    @property
    def wire(self) -> str:
        """All that ever came, but for logins, as text."""
        said = [r for r in self.requests if not r.path.startswith("/login")]
        return "\n".join(f"{r.path}\n{r.body.decode()}" for r in said)

    async def _handle(self, exchange: Exchange) -> None:
        self.requests.append(exchange.request)
        faulty = self.fault_at in exchange.request.path
        match self.fault if faulty else "ok":
            case "hang":
                await exchange.request.hung_up.wait()
            case "cut":
                exchange.raw(b'HTTP/1.1 200 Because\r\ncontent-length: 900\r\n\r\n{"acc')
                exchange.hang_up()
            case "garbage":
                exchange.answer(200, b"<html>This isn't JSON</html>", {"content-type": "text/html"})
            case "flood":
                exchange.begin_chunked(_JSON)
                while not exchange.request.hung_up.is_set():
                    exchange.chunk(b" " * 65_536)
                    await asyncio.sleep(0)
            case "late":
                self._answer(exchange.request)
                await exchange.request.hung_up.wait()
            case "ok":
                status, told = self._answer(exchange.request)
                exchange.answer(status, json.dumps(told).encode(), _JSON)
            case fault:
                status = int(fault.removeprefix("status-"))
                exchange.answer(status, b'{"detail": "as it was told"}', _JSON)

    def _answer(self, request: Request) -> tuple[int, Any]:  # noqa: C901  # a table of routes
        address = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        body = json.loads(request.body) if request.body else {}
        path = tuple(part for part in address.path.split("/") if part and part != "v2")
        match request.method, *path:
            case "GET", "healthcheck":
                return 200, {"api_version": "1", "message": "ok", "version": "1"}
            case "GET", "ingest", "healthz":
                return (200, {"status": "ok"}) if self.ingest_service else (404, {})
            case "POST", "login", "api_key":
                return self._login(body)
            case _ if not self._admits(request):
                return 401, {"detail": "Invalid credentials"}
            case "GET", "current_user":
                return 200, {"id": str(uuid4()), "email": "a@example.com", "role": "user"}
            case "GET", "projects":
                name = query["project_name"]
                return 200, [project(name, self.projects[name])] if name in self.projects else []
            case "POST", "projects" if body["name"] in self.projects:
                return 409, {"detail": "A project with this name already exists"}
            case "POST", "projects":
                made = self.projects[body["name"]] = str(uuid4())
                return 200, project(body["name"], made)
            case _, "projects", project_id, *rest if project_id in self.projects.values():
                return self._in_project(project_id, rest, body)
            case "POST", "scorers", "list":
                return 200, {"scorers": self._found(body), "next_starting_token": None}
            case "POST", "ingest", "traces", _:
                return self._take(body)
        return 404, {"detail": f"no {address.path} here"}

    def _in_project(self, project_id: str, path: list[str], body: Json) -> tuple[int, Any]:
        match path:
            case ["log_streams", "paginated"]:
                rows = [log_stream(*item, project_id) for item in self.log_streams.items()]
                return 200, {"log_streams": rows, "next_starting_token": None}
            case ["log_streams"] if body["name"] in self.log_streams:
                return 409, {"detail": "A log stream with this name already exists"}
            case ["log_streams"]:
                made = self.log_streams[body["name"]] = str(uuid4())
                return 200, log_stream(body["name"], made, project_id)
            case ["sessions", "search"]:
                wanted = body["filters"][0]["value"]
                found = [made for name, made in self.sessions.items() if name == wanted]
                return 200, {"records": [{"id": made} for made in found]}
            case ["sessions"]:
                made = self.sessions[body["external_id"]] = str(uuid4())
                return 200, {"id": made, "name": body["name"], "external_id": body["external_id"]}
            case ["traces"]:
                return self._take(body)
            case ["traces", "search"]:
                wanted = body["filters"][0]["value"] if body.get("filters") else [*self.traces]
                records = [self._record(self.traces[one]) for one in wanted if one in self.traces]
                return 200, {"records": records, "next_starting_token": None}
            case ["runs", _, "scorer-settings"]:
                self.settings.append(body)
                return 200, {"run_id": body["run_id"], "scorers": body["scorers"]}
        return 404, {"detail": "no such thing in the project"}

    def _login(self, body: Json) -> tuple[int, Any]:
        if body.get("api_key") != self.key:
            return 401, {"detail": f"Invalid key {body.get('api_key')}"}
        self.logins += 1
        token = jwt(self.logins)
        self.tokens.add(token)
        return 200, {"access_token": token}

    def _admits(self, request: Request) -> bool:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return bearer in self.tokens or request.headers.get("galileo-api-key") == self.key

    def _take(self, body: Json) -> tuple[int, Any]:
        if body.get("log_stream_id") not in self.log_streams.values():
            return 422, {"detail": "no such log stream"}
        self.bodies.append(body)
        for trace in body["traces"]:
            self.received[trace["id"]] += 1
            self.traces.setdefault(trace["id"], trace | {"session_id": body.get("session_id")})
        return 200, {"traces_count": len(body["traces"]), "records_count": len(body["traces"])}

    def _found(self, body: Json) -> list[Json]:
        wanted = body["filters"][0]["value"]
        labels = {each.lower() for each in ([wanted] if isinstance(wanted, str) else wanted)}
        return [s for s in self.scorers if {s["label"].lower(), s["name"].lower()} & labels]

    def _record(self, trace: Json) -> Json:
        told = {name: value for name, value in trace.items() if name != "spans"}
        [project_id, *_] = self.projects.values()
        [log_stream_id, *_] = self.log_streams.values()
        places = {"project_id": project_id, "run_id": log_stream_id, "trace_id": trace["id"]}
        return {**told, **places, "type": "trace", "metric_info": self.metrics(trace)}


def project(name: str, id: str) -> Json:  # noqa: A002  # the wire's own word
    times = {"created_at": NOW, "updated_at": NOW}
    user = {"id": str(uuid4()), "email": "a@example.com", "first_name": "A", "last_name": "B"}
    counts = {"runs": [], "bookmark": False, "permissions": []}
    return {
        "id": id, "name": name, "type": "gen_ai", "created_by": user["id"],
        "created_by_user": user, **times, **counts,
    }  # fmt: skip


def log_stream(name: str, id: str, project_id: str) -> Json:  # noqa: A002  # the wire's own word
    return {
        "id": id, "name": name, "project_id": project_id, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def scorer(name: str, label: str) -> Json:
    return {"id": str(uuid4()), "name": name, "label": label, "scorer_type": "preset", "tags": []}


def jwt(number: int) -> str:
    """One that lasts an hour, signed by nobody."""
    parts = ({"alg": "none"}, {"exp": time.time() + 3600, "jti": number})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in coded), "c2ln"])

"""What every request gets: an id, a line in the log, and headers that let a browser read it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
import structlog
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import StreamingResponse
from structlog.testing import capture_logs

from app.web import EXCEPTION_HANDLERS, Api, Router, middleware_stack
from app.web.request_context import request_id as id_of
from tests.web.conftest import Serve

ORIGINS = ("http://localhost:3000", "https://parley.example")
log = structlog.get_logger()
router = Router()
in_one_loop = pytest.mark.asyncio(loop_scope="module")


@router.get("/livez")
async def livez() -> dict[str, str]:
    return {}


@router.get("/quick/{name}")
async def quick(name: str) -> dict[str, str]:
    log.info("inside", name=name)
    return {}


@router.get("/bug")
async def bug() -> None:
    raise RuntimeError("why")


@router.get("/stream")
async def stream() -> StreamingResponse:
    async def frames() -> AsyncIterator[bytes]:
        yield b"event: connected\ndata: {}\n\n"

    return StreamingResponse(frames(), media_type="text/event-stream")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    app = Api(
        middleware=middleware_stack(cors_origins=ORIGINS, body_limit_bytes=1024),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.include_router(router)
    async with serve(app) as client:
        yield client


@in_one_loop
class TestRequestId:
    async def test_a_callers_own_comes_back(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/quick/a", headers={"x-request-id": "trace-1.2:3_4"})

        assert response.headers["x-request-id"] == "trace-1.2:3_4"

    @pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "<script>", 'a"b'])
    async def test_an_unusable_one_is_replaced(
        self, client: httpx.AsyncClient, offered: str
    ) -> None:
        response = await client.get("/quick/a", headers={"x-request-id": offered})

        assert len(response.headers["x-request-id"]) == 36

    async def test_everything_has_one(self, client: httpx.AsyncClient) -> None:
        preflight = {"origin": ORIGINS[0], "access-control-request-method": "POST"}
        answers = [
            await client.get("/quick/a"),
            await client.get("/nowhere"),
            await client.get("/bug"),
            await client.options("/quick/a", headers=preflight),
        ]

        assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


@in_one_loop
class TestCors:
    @pytest.mark.parametrize("path", ["/quick/a", "/nowhere", "/bug", "/stream"])
    @pytest.mark.parametrize("origin", ORIGINS)
    async def test_allowed_origins_may_read_everything(
        self, client: httpx.AsyncClient, origin: str, path: str
    ) -> None:
        response = await client.get(path, headers={"origin": origin})

        assert response.headers["access-control-allow-origin"] == origin
        assert "x-request-id" in response.headers["access-control-expose-headers"]

    async def test_others_may_not(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/quick/a", headers={"origin": "https://elsewhere.example"})

        assert "access-control-allow-origin" not in response.headers

    async def test_any_method_and_header_is_allowed(self, client: httpx.AsyncClient) -> None:
        asked = {
            "origin": ORIGINS[0],
            "access-control-request-method": "DELETE",
            "access-control-request-headers": "content-type, last-event-id, x-anything",
        }

        response = await client.options("/quick/a", headers=asked)

        assert response.status_code == 200
        assert "DELETE" in response.headers["access-control-allow-methods"]
        assert "x-anything" in response.headers["access-control-allow-headers"]


@in_one_loop
class TestLog:
    async def test_one_line_with_status_and_duration(self, client: httpx.AsyncClient) -> None:
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            await client.get("/quick/a%0Ab?secret=1", headers={"x-request-id": "r-1"})

        inside, line = lines
        assert (line["event"], line["status"], line["log_level"]) == ("request", 200, "info")
        assert line["duration_ms"] >= 0
        for told in (inside, line):
            assert told["request_id"] == "r-1"
            assert told["method"] == "GET"
            assert told["path"] == "/quick/a%0Ab"

    async def test_a_stream_is_told_when_it_opens_and_when_it_closes(
        self, client: httpx.AsyncClient
    ) -> None:
        with capture_logs() as lines:
            await client.get("/stream")

        assert [line["event"] for line in lines] == ["stream.opened", "stream.closed"]

    async def test_a_bug_is_told_with_its_traceback(self, client: httpx.AsyncClient) -> None:
        with capture_logs() as lines:
            await client.get("/bug")

        failure, line = lines
        assert failure["log_level"] == "error"
        assert isinstance(failure["exc_info"], RuntimeError)
        assert line["status"] == 500

    async def test_probes_are_silent(self, client: httpx.AsyncClient) -> None:
        with capture_logs() as lines:
            await client.get("/livez")

        assert lines == []


@given(offered=st.text())
def test_a_request_id_can_never_break_a_header_or_a_line(offered: str) -> None:
    request_id = id_of(offered)

    assert request_id.isascii()
    assert request_id.isprintable()
    assert 0 < len(request_id) <= 128

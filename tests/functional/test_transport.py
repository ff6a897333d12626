"""Contract §1 and §2: how anything is said at all."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
import structlog
from psycopg.sql import SQL, Identifier

from app.db import Address
from tests.functional.client import ORIGIN, Market, answer, refused
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import marketplace

UNKNOWN = "00000000-0000-4000-8000-000000000000"

ENDPOINTS = [
    ("POST", "/api/v1/simulation/initialize", "VALIDATION_ERROR", 400),
    ("GET", f"/api/v1/simulation/{UNKNOWN}", "SESSION_NOT_FOUND", 404),
    ("DELETE", f"/api/v1/simulation/{UNKNOWN}", "SESSION_NOT_FOUND", 404),
    ("GET", f"/api/v1/simulation/{UNKNOWN}/summary", "SESSION_NOT_FOUND", 404),
    ("POST", f"/api/v1/negotiation/{UNKNOWN}/start", "ROOM_NOT_FOUND", 404),
    ("GET", f"/api/v1/negotiation/{UNKNOWN}/stream", "ROOM_NOT_FOUND", 404),
    ("GET", f"/api/v1/negotiation/{UNKNOWN}/state", "ROOM_NOT_FOUND", 404),
    ("POST", f"/api/v1/negotiation/{UNKNOWN}/decide?decision_type=no_deal", "ROOM_NOT_FOUND", 404),
    ("GET", f"/api/v1/logs/{UNKNOWN}/{UNKNOWN}", "LOG_NOT_FOUND", 404),
]


@pytest.mark.parametrize(("method", "path", "code", "status"), ENDPOINTS)
async def test_an_unknown_id_is_a_nested_404(
    market: Market, method: str, path: str, code: str, status: int
) -> None:
    refused(await market.http.request(method, path), status, code)


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for method, path, _, _ in ENDPOINTS if UNKNOWN in path]
)
async def test_an_id_that_is_no_uuid_is_refused(market: Market, method: str, path: str) -> None:
    response = await market.http.request(method, path.replace(UNKNOWN, "42"))

    error = refused(response, 400, "VALIDATION_ERROR")
    assert {d["field"] for d in error["details"]} <= {"session_id", "room_id"}


async def test_a_message_to_an_unknown_room(market: Market) -> None:
    path = f"/api/v1/negotiation/{UNKNOWN}/message"
    refused(await market.http.post(path, json={"message": "Hello"}), 404, "ROOM_NOT_FOUND")


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/", "/api/v2/health", "/api/v1/logs/x"])
async def test_an_unknown_path(market: Market, path: str) -> None:
    refused(await market.http.get(path), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/v1/simulation/initialize"),
        ("DELETE", "/api/v1/health"),
        ("PATCH", f"/api/v1/negotiation/{UNKNOWN}/start"),
    ],
)
async def test_a_method_that_is_not_served(market: Market, method: str, path: str) -> None:
    refused(await market.http.request(method, path), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://localhost:3001"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
async def test_a_browser_asks_first(market: Market, origin: str, method: str) -> None:
    response = await market.http.options(
        "/api/v1/simulation/initialize",
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": "content-type, x-anything",
        },
    )

    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin
    assert method in response.headers["access-control-allow-methods"]
    assert "x-anything" in response.headers["access-control-allow-headers"]


async def test_other_origins_are_not_allowed(market: Market) -> None:
    response = await market.http.get("/api/v1/health", headers={"origin": "http://evil.example"})

    assert "access-control-allow-origin" not in response.headers


async def test_origins_are_a_setting(run_market: RunMarket) -> None:
    async with run_market(CORS_ORIGINS="https://shop.example, https://other.example") as market:
        response = await market.http.get("/nowhere", headers={"origin": "https://shop.example"})

        assert response.headers["access-control-allow-origin"] == "https://shop.example"
        response = await market.http.get("/nowhere", headers={"origin": ORIGIN})
        assert "access-control-allow-origin" not in response.headers


@pytest.fixture
def short_tracebacks() -> Iterator[None]:
    """Unconfigured, structlog shows every local variable, for which it takes seconds."""
    usual = structlog.get_config()
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])
    yield
    structlog.configure(**usual)


@pytest.mark.usefixtures("short_tracebacks")
async def test_a_bug_is_a_500_that_a_browser_can_read_and_that_tells_nothing(
    run_market: RunMarket, clean_address: Address
) -> None:
    def rename(before: str, after: str) -> None:
        with psycopg.connect(clean_address.libpq, autocommit=True) as connection:
            connection.execute(
                SQL("ALTER TABLE {} RENAME TO {}").format(Identifier(before), Identifier(after))
            )

    async with run_market() as market:
        rename("sessions", "lost")
        try:
            response = await market.http.get(f"/api/v1/simulation/{UNKNOWN}")
        finally:
            rename("lost", "sessions")

        error = refused(response, 500, "INTERNAL_ERROR")
        for secret in ("sessions", "SELECT", "psycopg", "sqlalchemy", "Traceback", "/app", ".py"):
            assert secret not in response.text
        assert error["details"] == []
        refused(
            await market.http.get(f"/api/v1/simulation/{UNKNOWN}"), 404, "SESSION_NOT_FOUND"
        )  # fmt: skip


async def test_too_large_a_body(market: Market) -> None:
    body = b'{"padding": "' + b"x" * 1_100_000 + b'"}'
    response = await market.http.post("/api/v1/simulation/initialize", content=body)

    refused(response, 413, "PAYLOAD_TOO_LARGE")


async def test_too_large_a_body_that_does_not_say_how_large(market: Market) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    response = await market.http.post("/api/v1/simulation/initialize", content=chunks())

    refused(response, 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json; charset=utf-8"])
async def test_a_body_is_json_whatever_the_content_type_says(
    market: Market, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    body = json.dumps(marketplace()).encode()
    response = await market.http.post(
        "/api/v1/simulation/initialize", content=body, headers=headers
    )

    assert answer(response)["total_rooms"] == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b"7", b'"text"', b"\xff\xfe{}", b'{"buyer": }', b"not json"],
)
async def test_a_body_that_is_no_object(market: Market, body: bytes) -> None:
    response = await market.http.post("/api/v1/simulation/initialize", content=body)

    refused(response, 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("query", ["decision_type=%00", "decision_type=%ff", "%ed%a0%80=1"])
async def test_a_query_that_is_no_text(market: Market, query: str) -> None:
    response = await market.http.post(f"/api/v1/negotiation/{UNKNOWN}/decide?{query}")

    refused(response, 400, "VALIDATION_ERROR")


async def test_no_credentials_are_asked_for(market: Market) -> None:
    async with httpx.AsyncClient(base_url=market.http.base_url) as bare:
        response = await bare.get("/api/v1/health")

    assert response.status_code == 200
    assert "set-cookie" not in response.headers


async def test_every_answer_has_a_request_id_and_keeps_the_callers(market: Market) -> None:
    response = await market.http.get("/nowhere", headers={"x-request-id": "mine-1"})
    assert response.headers["x-request-id"] == "mine-1"

    response = await market.http.get("/api/v1/health")
    assert len(response.headers["x-request-id"]) == 36

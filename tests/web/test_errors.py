"""Every error has the one form, carries CORS headers and a request id, and tells no secret."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.responses import StreamingResponse

from app.errors import Conflict, FieldIssue, Unavailable
from app.kit.clock import utc_now
from app.web import EXCEPTION_HANDLERS, Api, Router
from app.web.errors import as_app_error, render
from app.web.middleware import middleware_stack
from tests.web.conftest import Serve

ORIGIN = "http://localhost:3000"
LIMIT = 4096


class Stock(BaseModel):
    cost_price: Decimal = Field(ge=0)
    quantity: int = Field(ge=1, le=99)
    style: Literal["rude", "neutral"] = "neutral"


class Seller(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=50, examples=["TechStore"])
    inventory: list[Stock] = Field(min_length=1)

    @model_validator(mode="after")
    def _not_its_own_stock(self) -> "Seller":
        if self.name == "Stock":
            raise ValueError("name should differ from 'Stock'")
        return self


class Market(BaseModel):
    sellers: list[Seller]


class Long(BaseModel):
    first: str = Field(examples=["word " * 100])
    second: int


class RoomBusy(Conflict):
    """The room is being negotiated in."""

    code = "NEGOTIATION_ALREADY_ACTIVE"


class Overloaded(Unavailable):
    retry_after = 1.2


RAISED: dict[str, Exception] = {
    "busy": RoomBusy("room 'x' is running", details=(FieldIssue("room_id", "is running"),)),
    "overloaded": Overloaded("too much to do"),
    "odd": RoomBusy("odd \ud800 text \x00"),
    "bug": RuntimeError("SELECT secret FROM /etc/passwd"),
    "operational": OperationalError("SELECT secret", {"p": "secret"}, Exception("gone")),
    "interface": InterfaceError("SELECT secret", {}, Exception("gone")),
    "exhausted": PoolExhausted("QueuePool limit"),
    "driver": psycopg.OperationalError("connection refused"),
    "pool": PoolTimeout("no connection after 10 s"),
    "jobs": ConnectorException("gone"),
}

router = Router()
in_one_loop = pytest.mark.asyncio(loop_scope="module")


@router.post("/markets")
async def create(market: Market) -> dict[str, Any]:
    return {"sellers": len(market.sellers)}


@router.post("/long")
async def measure(body: Long) -> int:
    return body.second


@router.get("/markets/{market_id}")
async def read(market_id: UUID, rounds: int = 1, note: str = "") -> dict[str, Any]:
    return {"id": str(market_id), "rounds": rounds, "note": note}


@router.post("/start")
async def start() -> dict[str, bool]:
    return {"started": True}


@router.get("/raise/{name}")
async def raise_it(name: str) -> None:
    raise RAISED[name]


@router.get("/cut")
async def cut() -> StreamingResponse:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"half an answer"
        await asyncio.sleep(0)
        raise RuntimeError("in the middle")

    return StreamingResponse(chunks())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    app = Api(
        middleware=middleware_stack(cors_origins=[ORIGIN], body_limit_bytes=LIMIT),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.include_router(router)
    async with serve(app) as client:
        client.headers["origin"] = ORIGIN
        yield client


def error_of(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error of an answer, after checking all that holds for every error."""
    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["x-request-id"]
    body = response.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details", "timestamp"}
    assert error["code"] == code
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", error["timestamp"])
    return error


@in_one_loop
class TestOurErrors:
    async def test_carry_code_status_message_and_details(self, client: httpx.AsyncClient) -> None:
        error = error_of(await client.get("/raise/busy"), 409, "NEGOTIATION_ALREADY_ACTIVE")

        assert error["message"] == "room 'x' is running"
        assert error["details"] == [{"field": "room_id", "issue": "is running"}]

    async def test_tell_when_to_come_back(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/raise/overloaded")

        error_of(response, 503, "SERVICE_UNAVAILABLE")
        assert response.headers["retry-after"] == "2"

    async def test_may_quote_anything(self, client: httpx.AsyncClient) -> None:
        error = error_of(await client.get("/raise/odd"), 409, "NEGOTIATION_ALREADY_ACTIVE")

        assert error["message"] == "odd ? text \x00"


@in_one_loop
class TestBugs:
    async def test_tell_nothing_but_that(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/raise/bug")

        error_of(response, 500, "INTERNAL_ERROR")
        assert not re.search(r"SELECT|secret|passwd|Traceback|\.py", response.text)

    async def test_in_mid_answer_cut_the_connection(self, client: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/cut")


@in_one_loop
class TestDatabaseAway:
    @pytest.mark.parametrize(
        "name", ["operational", "interface", "exhausted", "driver", "pool", "jobs"]
    )
    async def test_is_a_503_without_the_statement(
        self, client: httpx.AsyncClient, name: str
    ) -> None:
        response = await client.get(f"/raise/{name}")

        error_of(response, 503, "DATABASE_UNAVAILABLE")
        assert "secret" not in response.text
        assert response.headers["retry-after"] == "1"


@in_one_loop
class TestRouting:
    async def test_unknown_path(self, client: httpx.AsyncClient) -> None:
        error = error_of(await client.get("/nowhere"), 404, "NOT_FOUND")

        assert error["message"] == "Not Found: GET /nowhere"

    async def test_unknown_method(self, client: httpx.AsyncClient) -> None:
        response = await client.put("/start")

        error_of(response, 405, "METHOD_NOT_ALLOWED")
        assert response.headers["allow"] == "POST"


SELLER = {"name": "TechStore", "inventory": [{"cost_price": 1.5, "quantity": 2}]}


@in_one_loop
class TestValidation:
    async def test_names_every_bad_field(self, client: httpx.AsyncClient) -> None:
        stock = {"cost_price": -1, "quantity": "many", "style": "loud"}
        body = {"sellers": [SELLER, {"name": "", "inventory": [stock]}, {"inventory": []}]}

        error = error_of(await client.post("/markets", json=body), 400, "VALIDATION_ERROR")

        issues = {detail["field"]: detail["issue"] for detail in error["details"]}
        assert set(issues) == {
            "sellers.1.name",
            "sellers.1.inventory.0.cost_price",
            "sellers.1.inventory.0.quantity",
            "sellers.1.inventory.0.style",
            "sellers.2.name",
            "sellers.2.inventory",
        }
        assert "got -1; for example 0" in issues["sellers.1.inventory.0.cost_price"]
        assert "got 'many'; for example 1" in issues["sellers.1.inventory.0.quantity"]
        assert "'rude' or 'neutral', got 'loud'" in issues["sellers.1.inventory.0.style"]
        assert issues["sellers.2.name"] == 'is required; for example "TechStore"'
        assert error["message"].endswith("; and 3 more")

    async def test_names_the_object_for_a_rule_between_fields(
        self, client: httpx.AsyncClient
    ) -> None:
        body = {"sellers": [{**SELLER, "name": "Stock"}]}

        error = error_of(await client.post("/markets", json=body), 400, "VALIDATION_ERROR")

        assert error["details"] == [
            {"field": "sellers.0", "issue": "name should differ from 'Stock'"}
        ]

    async def test_names_path_and_query(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/markets/17?rounds=two")

        error = error_of(response, 400, "VALIDATION_ERROR")
        issues = {detail["field"]: detail["issue"] for detail in error["details"]}
        assert set(issues) == {"market_id", "rounds"}
        assert issues["market_id"].endswith("; for example 3fa85f64-5717-4562-b3fc-2c963f66afa6")

    @pytest.mark.parametrize(
        ("change", "issue"),
        [
            ({"name": "x" * 51}, "should have at most 50 characters, got 'xxx"),
            ({"name": "x" * 51}, '; for example "TechStore"'),
            ({"name": ""}, "should have at least 1 character, got ''; for example"),
            ({"name": 7}, "should be a valid string, got 7; for example"),
            ({"inventory": []}, "should have at least 1 item after validation, not 0, got []; for"),
            ({"inventory": ["?"]}, "should be an object, got '?'; for example {\"cost_price\":1"),
            ({"inventory": [{"cost_price": 1, "quantity": 10**30}]}, "less than or equal to 99"),
            ({"inventory": [{"cost_price": 1, "quantity": -(10**30)}]}, "greater than or equal"),
            ({"colour": 1}, "isn't known here, got 1; known are name, inventory"),
        ],
    )
    async def test_tells_what_came_and_what_works(
        self, client: httpx.AsyncClient, change: dict[str, Any], issue: str
    ) -> None:
        body = {"sellers": [{**SELLER, **change}]}

        error = error_of(await client.post("/markets", json=body), 400, "VALIDATION_ERROR")

        assert issue in error["details"][0]["issue"]

    async def test_lists_the_fields_where_an_example_would_be_long(
        self, client: httpx.AsyncClient
    ) -> None:
        error = error_of(await client.post("/long", json=7), 400, "VALIDATION_ERROR")

        assert error["details"][0]["issue"].endswith("it has the fields first, second")

    async def test_quotes_a_long_value_shortly(self, client: httpx.AsyncClient) -> None:
        body = {"sellers": [{**SELLER, "name": "x" * 2000}]}

        error = error_of(await client.post("/markets", json=body), 400, "VALIDATION_ERROR")

        assert len(error["details"][0]["issue"]) < 200

    async def test_a_body_is_required(self, client: httpx.AsyncClient) -> None:
        error = error_of(await client.post("/markets"), 400, "VALIDATION_ERROR")

        seller = '{"name":"TechStore","inventory":[{"cost_price":1,"quantity":1}]}'
        issue = f'is required; for example {{"sellers":[{seller}]}}'
        assert error["details"] == [{"field": "body", "issue": issue}]

    @pytest.mark.parametrize(
        ("address", "field"),
        [
            ("/markets/3fa85f64-5717-4562-b3fc-2c963f66afa6?note=%00", "note"),
            ("/markets/3fa85f64-5717-4562-b3fc-2c963f66afa6?note=%ff", "note"),
            ("/markets/3fa85f64-5717-4562-b3fc-2c963f66afa6?%00=1", "query"),
            ("/markets/%00", "path"),
            ("/nowhere/%ed%a0%80", "path"),
        ],
    )
    async def test_refuses_an_address_that_is_no_text(
        self, client: httpx.AsyncClient, address: str, field: str
    ) -> None:
        error = error_of(await client.get(address), 400, "VALIDATION_ERROR")

        assert [detail["field"] for detail in error["details"]] == [field]

    async def test_reads_percent_encoded_text(self, client: httpx.AsyncClient) -> None:
        response = await client.get(
            "/markets/3fa85f64-5717-4562-b3fc-2c963f66afa6?note=caf%C3%A9+100%25&rounds=2"
        )

        assert response.json()["note"] == "café 100%"


@in_one_loop
class TestBodySize:
    async def test_a_declared_length_is_believed(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/start", content=b" " * (LIMIT + 1))

        error_of(response, 413, "PAYLOAD_TOO_LARGE")

    async def test_an_undeclared_one_is_counted(self, client: httpx.AsyncClient) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b" " * (LIMIT // 2)

        response = await client.post("/markets", content=chunks())

        error_of(response, 413, "PAYLOAD_TOO_LARGE")

    async def test_the_limit_itself_is_allowed(self, client: httpx.AsyncClient) -> None:
        body = b'{"sellers": []}'.ljust(LIMIT)

        response = await client.post("/markets", content=body)

        assert response.json() == {"sellers": 0}


scalars = st.none() | st.floats() | st.integers() | st.binary() | st.text(st.characters())
anything = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner)
)


@given(text=st.text(st.characters()), value=anything)
def test_nothing_that_is_quoted_breaks_an_answer(text: str, value: object) -> None:
    found = {"type": "value_error", "loc": ("body", text), "msg": text, "input": value}
    error = as_app_error(RequestValidationError([found]), method="POST", path=text)

    answer = render(error, now=utc_now())

    assert json.loads(bytes(answer.body))["error"]["code"] == "VALIDATION_ERROR"

"""The strict JSON body: what is let through, what is refused, and how it is told."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from app.web import EXCEPTION_HANDLERS, Api, Router, middleware_stack
from app.web.json_body import MAX_DEPTH, BodyInvalid, parse
from tests.web.conftest import Serve

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
scalars = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner))


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(BodyInvalid) as caught:
        parse(raw)
    (detail,) = caught.value.details
    return detail.field, detail.issue


class TestParse:
    @given(value=values)
    def test_any_json_is_read_as_it_is(self, value: Any) -> None:
        assert parse(json.dumps(value).encode()) == value

    @given(raw=st.binary())
    def test_any_bytes_are_a_value_or_a_refusal(self, raw: bytes) -> None:
        with suppress(BodyInvalid):
            value = parse(raw)
            assert json.loads(raw) == value

    @pytest.mark.parametrize(
        "raw",
        [
            b"NaN",
            b'{"price": Infinity}',
            b'{"price": 1e999}',
            b'"\\ud800"',
            b'"\\udc00 alone"',
            b'"\xff"',
            b"{'name': 1}",
            b"{",
            b" ",
            b"[" * 5000,
        ],
    )
    def test_what_is_no_json(self, raw: bytes) -> None:
        field, issue = refusal(raw)

        assert field == "body"
        assert issue.startswith("should be JSON: ")

    @pytest.mark.parametrize(
        ("raw", "field"),
        [
            (b'"\\u0000"', "body"),
            (b'{"buyer": {"name": "a\\u0000b"}}', "buyer.name"),
            (b'{"sellers": [{}, {"name": "\\u0000"}]}', "sellers.1.name"),
            (b'{"buyer": {"na\\u0000me": 1}}', "buyer.na\\u0000me"),
        ],
    )
    def test_nul_is_refused_where_it_stands(self, raw: bytes, field: str) -> None:
        assert refusal(raw) == (field, "holds a NUL character (\\u0000)")

    def test_a_backslash_before_a_u_is_no_nul(self) -> None:
        assert parse(b'"\\\\u0000"') == "\\u0000"

    @pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
    def test_nesting_is_bounded(self, opening: str, closing: str) -> None:
        def nested(depth: int) -> bytes:
            return (opening * depth + "1" + closing * depth).encode()

        parse(nested(MAX_DEPTH))
        field, issue = refusal(nested(MAX_DEPTH + 1))

        assert field.count(".") == MAX_DEPTH - 1
        assert issue == f"is nested deeper than {MAX_DEPTH} levels"

    def test_the_last_of_equal_keys_counts(self) -> None:
        assert parse(b'{"a": 1, "a": 2}') == {"a": 2}


router = Router()
in_one_loop = pytest.mark.asyncio(loop_scope="module")


@router.post("/echo")
async def echo(value: dict[str, Any]) -> dict[str, Any]:
    return value


@router.post("/start")
async def start() -> dict[str, bool]:
    return {"started": True}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    app = Api(
        middleware=middleware_stack(cors_origins=[], body_limit_bytes=1_048_576),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.include_router(router, prefix="/api")
    async with serve(app) as client:
        yield client


@in_one_loop
class TestEndpoints:
    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "application/json",
            "application/json; charset=utf-8",
            "text/plain;charset=UTF-8",
            "application/x-www-form-urlencoded",
            "no type at all",
        ],
    )
    async def test_json_is_json_under_any_name(
        self, client: httpx.AsyncClient, content_type: str | None
    ) -> None:
        headers = {} if content_type is None else {"content-type": content_type}

        response = await client.post(
            "/api/echo", content=b'{"name": "caf\xc3\xa9"}', headers=headers
        )

        assert response.json() == {"name": "café"}

    async def test_a_refusal_is_a_validation_error(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/api/echo", content=b'{"name": "\\u0000"}')

        assert response.status_code == 400
        error = response.json()["error"]
        assert error["code"] == "VALIDATION_ERROR"
        assert error["details"] == [{"field": "name", "issue": "holds a NUL character (\\u0000)"}]

    @pytest.mark.parametrize("content", [b"", b"{}", b"no json", b"\xff"])
    async def test_an_endpoint_without_a_body_reads_none(
        self, client: httpx.AsyncClient, content: bytes
    ) -> None:
        response = await client.post("/api/start", content=content)

        assert response.json() == {"started": True}

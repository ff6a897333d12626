"""The API description tells the errors as they are."""

from typing import Any

import pytest
from pydantic import BaseModel

from app.errors import Conflict, InvalidInput, NotFound
from app.web import Api, Router, problems


class RoomNotFound(NotFound):
    """No room lives under that id.

    More for those who read the code.
    """

    code = "ROOM_NOT_FOUND"


class RoomBusy(Conflict):
    """The room is being negotiated in."""

    code = "ROOM_BUSY"


class RoomClosed(Conflict):
    """The room is closed."""

    code = "ROOM_CLOSED"


class StockTooLow(InvalidInput):
    """More is asked for than there is."""

    code = "STOCK_TOO_LOW"
    status = 422


class Market(BaseModel):
    name: str


router = Router()


@router.get("/plain")
async def plain() -> None: ...


@router.post("/markets", responses=problems(RoomNotFound, RoomBusy, RoomClosed))
async def create(market: Market) -> None: ...


@router.post("/decide/{room}", responses=problems(StockTooLow))
async def decide(room: int) -> None: ...


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    app = Api()
    app.include_router(router)
    app.openapi()
    return app.openapi()


def responses(description: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = description["paths"][path][method]["responses"]
    return found


def test_validation_is_a_400_of_ours(description: dict[str, Any]) -> None:
    found = responses(description, "post", "/markets")

    assert set(found) == {"200", "400", "404", "409", "default"}
    assert "HTTPValidationError" not in str(description)
    assert found["400"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/ErrorEnvelope"
    }


def test_an_operation_without_input_cannot_be_called_wrongly(description: dict[str, Any]) -> None:
    assert set(responses(description, "get", "/plain")) == {"200", "default"}


def test_a_422_of_our_own_stays(description: dict[str, Any]) -> None:
    found = responses(description, "post", "/decide/{room}")

    assert "STOCK_TOO_LOW" in found["422"]["content"]["application/json"]["examples"]
    assert "400" in found


def test_each_error_is_an_example_of_its_status(description: dict[str, Any]) -> None:
    found = responses(description, "post", "/markets")

    examples = found["409"]["content"]["application/json"]["examples"]
    assert set(examples) == {"ROOM_BUSY", "ROOM_CLOSED"}
    assert examples["ROOM_BUSY"]["value"]["error"]["message"] == "The room is being negotiated in."
    told = found["404"]["content"]["application/json"]["examples"]["ROOM_NOT_FOUND"]
    assert told["summary"] == "No room lives under that id."


def test_the_envelope_is_described_with_its_parts(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]

    assert {"ErrorEnvelope", "ErrorContent", "ErrorDetail"} <= set(schemas)

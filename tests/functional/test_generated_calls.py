"""Calls made up from the API description: whatever is sent, the service has an answer to it that
the description knows, and never breaks."""

import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.main import create_app
from app.settings import load_settings
from tests.functional.marketplaces import item, marketplace

# The service runs in a thread beside the test, and what it draws isn't the strategies' doing.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")

PAGE_MESSAGE = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "Hello"}]}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("audio/*", "video/*")
def _recording(_context: schemathesis.SerializationContext, value: Any) -> Any:
    """Made up like any other body: no recording, and refused as such."""
    return value if isinstance(value, bytes) else str(value).encode()


bounded = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def rooms(shared_service: str) -> dict[str, str]:
    """A session with a room that was played, and one that nobody can serve: its stream always
    ends by itself."""
    with httpx.Client(base_url=shared_service, timeout=30) as http:
        body = marketplace([item(), item("Moon")])
        made = http.post("/api/v1/simulation/initialize", json=body).json()
        played, unserved = (room["room_id"] for room in made["negotiation_rooms"])
        http.post(f"/api/v1/negotiation/{played}/start")
        http.get(f"/api/v1/negotiation/{played}/stream")
        return {"session_id": made["session_id"], "played": played, "unserved": unserved}


@pytest.fixture(scope="session")
def talk(shared_service: str) -> dict[str, str]:
    """A conversation with an answer that somebody said something of, and a memory."""
    with httpx.Client(base_url=shared_service, timeout=30) as http:
        body = {"message": "Hello", "model": "offline:assistant"}
        answer = http.post("/api/chat/stream", json=body)
        events = [line for line in answer.text.splitlines() if line.startswith("data: ")]
        started = json.loads(events[0].removeprefix("data: "))
        http.post(f"/api/chat/messages/{started['message_id']}/feedback", json={"thumb": "up"})
        memory = {"kind": "fact", "subject": "home", "text": "Lives in Bremen"}
        remembered = http.post("/api/memories", json=memory).json()
        http.post("/api/ai-sdk/chat", json={"id": "chat", "messages": [PAGE_MESSAGE]})
        ids = ("conversation_id", "generation_id", "message_id")
        return {name: started[name] for name in ids} | {
            "memory_id": remembered["id"],
            "chat": "chat",
        }


schema = schemathesis.openapi.from_dict(create_app(load_settings(env_file=None)).openapi())


@schema.parametrize()
@bounded
def test_made_up_calls(case: schemathesis.Case[Any], shared_service: str) -> None:
    case.call_and_validate(base_url=shared_service, checks=CHECKS)


@schema.include(path_regex=r"\{(session|room)_id\}").exclude(method="DELETE").parametrize()
@bounded
def test_made_up_calls_to_real_rooms(
    case: schemathesis.Case[Any], shared_service: str, rooms: dict[str, str]
) -> None:
    ends = "unserved" if case.path.endswith("/stream") else "played"
    ids = {"session_id": rooms["session_id"], "room_id": rooms[ends]}
    for name in case.path_parameters:
        case.path_parameters[name] = ids[name]

    case.call_and_validate(base_url=shared_service, checks=CHECKS)


@(
    schema.include(
        path_regex=r"^/api/(?!v1/).*\{(conversation_id|generation_id|message_id|memory_id|chat)\}"
    )
    .exclude(method="DELETE")
    .parametrize()
)
@bounded
def test_made_up_calls_to_a_real_conversation(
    case: schemathesis.Case[Any], shared_service: str, talk: dict[str, str]
) -> None:
    for name in case.path_parameters:
        case.path_parameters[name] = talk[name]
    case.headers.pop("X-Tenant-Id", None)  # to others it isn't there

    case.call_and_validate(base_url=shared_service, checks=CHECKS)


def test_the_description_is_served(shared_service: str) -> None:
    served = httpx.get(f"{shared_service}/openapi.json")

    assert served.json() == schema.raw_schema

"""The API description against the marketplace contract: what is promised there stands here."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.main import create_app
from app.negotiation.schemas import InitializeRequest, MessageRequest
from app.settings import Settings, load_settings

Json = dict[str, Any]

ENDPOINTS = {
    ("post", "/api/v1/simulation/initialize"): {"MAX_SELLERS_EXCEEDED", "LLM_PROVIDER_DISABLED"},
    ("get", "/api/v1/simulation/{session_id}"): {"SESSION_NOT_FOUND"},
    ("delete", "/api/v1/simulation/{session_id}"): {"SESSION_NOT_FOUND"},
    ("get", "/api/v1/simulation/{session_id}/summary"): {"SESSION_NOT_FOUND"},
    ("post", "/api/v1/negotiation/{room_id}/start"): {
        "ROOM_NOT_FOUND",
        "NEGOTIATION_ALREADY_ACTIVE",
        "LLM_PROVIDER_DISABLED",
    },
    ("get", "/api/v1/negotiation/{room_id}/stream"): {"ROOM_NOT_FOUND"},
    ("get", "/api/v1/negotiation/{room_id}/state"): {"ROOM_NOT_FOUND"},
    ("post", "/api/v1/negotiation/{room_id}/message"): {"ROOM_NOT_FOUND"},
    ("post", "/api/v1/negotiation/{room_id}/decide"): {
        "ROOM_NOT_FOUND",
        "VALIDATION_ERROR",
        "INSUFFICIENT_INVENTORY",
    },
    ("get", "/api/v1/analysis/runs/{run_id}"): {"RUN_NOT_FOUND", "RUN_NOT_FINISHED"},
    ("post", "/api/v1/analysis/runs/{run_id}/rerun"): {
        "RUN_NOT_FOUND",
        "RUN_NOT_FINISHED",
        "JUDGEMENT_PENDING",
        "NOBODY_JUDGES",
    },
    ("get", "/api/v1/analysis/sessions/{session_id}"): {"SESSION_NOT_FOUND"},
    ("get", "/api/v1/analysis/compare"): {
        "VALIDATION_ERROR",
        "RUN_NOT_FOUND",
        "RUN_NOT_FINISHED",
    },
    ("get", "/api/v1/llm/status"): set(),
    ("get", "/api/v1/llm/health"): set(),
    ("get", "/api/v1/llm/providers/{provider}/account"): {
        "LLM_PROVIDER_DISABLED",
        "LLM_NO_ACCOUNT",
        "LLM_BAD_GATEWAY",
        "LLM_PROVIDER_UNAVAILABLE",
        "LLM_TIMEOUT",
    },
    ("get", "/api/v1/telemetry/scores"): {"VALIDATION_ERROR"},
    ("get", "/api/v1/telemetry/exporters"): set(),
    ("get", "/api/v1/profiles"): {"VALIDATION_ERROR"},
    ("get", "/api/v1/profiles/{name}"): {"PROFILE_NOT_FOUND"},
    ("put", "/api/v1/profiles/{name}"): {"VALIDATION_ERROR", "TOO_MANY_PROFILES"},
    ("delete", "/api/v1/profiles/{name}"): {"PROFILE_NOT_FOUND"},
    ("get", "/api/v1/models"): {"VALIDATION_ERROR"},
    ("get", "/api/v1/models/{model}"): {"LLM_MODEL_NOT_FOUND"},
    ("post", "/api/v1/models/discover"): set(),
    ("post", "/api/v1/models/benchmark"): {"LLM_PROVIDER_DISABLED"},
    ("get", "/api/v1/llm/calls"): {"VALIDATION_ERROR"},
    ("get", "/api/v1/llm/calls/{call_id}"): {"CALL_NOT_FOUND"},
    ("get", "/api/v1/llm/ledger"): set(),
    ("get", "/api/v1/llm/budgets"): set(),
    ("get", "/api/v1/llm/budgets/{name}"): {"BUDGET_NOT_FOUND"},
    ("put", "/api/v1/llm/budgets/{name}"): {"VALIDATION_ERROR"},
    ("delete", "/api/v1/llm/budgets/{name}"): {"BUDGET_NOT_FOUND"},
    ("get", "/api/v1/health"): set(),
    ("get", "/api/v1/logs/{session_id}/{room_id}"): {"LOG_NOT_FOUND"},
    ("post", "/api/chat/messages/{message_id}/feedback"): {
        "VALIDATION_ERROR",
        "MESSAGE_NOT_FOUND",
    },
    ("get", "/api/memories"): {"VALIDATION_ERROR"},
    ("post", "/api/memories"): {"VALIDATION_ERROR", "TOO_MANY_MEMORIES"},
    ("get", "/api/memories/{memory_id}"): {"MEMORY_NOT_FOUND"},
    ("patch", "/api/memories/{memory_id}"): {
        "VALIDATION_ERROR",
        "MEMORY_NOT_FOUND",
        "MEMORY_REPLACED",
    },
    ("delete", "/api/memories/{memory_id}"): {"MEMORY_NOT_FOUND"},
    ("get", "/api/memories/{memory_id}/history"): {"MEMORY_NOT_FOUND"},
    ("get", "/api/chat/messages/{message_id}/feedback"): {"FEEDBACK_NOT_FOUND"},
    ("delete", "/api/chat/messages/{message_id}/feedback"): {"FEEDBACK_NOT_FOUND"},
    ("post", "/api/chat/stream"): {
        "VALIDATION_ERROR",
        "CONVERSATION_NOT_FOUND",
        "GENERATION_ACTIVE",
        "MESSAGE_TOO_LONG",
        "CONVERSATION_FULL",
        "TOO_MANY_GENERATIONS",
    },
    ("get", "/api/chat/{generation_id}/stream"): {"GENERATION_NOT_FOUND"},
    ("post", "/api/chat/{generation_id}/stop"): {"GENERATION_NOT_FOUND"},
    ("get", "/api/chat/{generation_id}/speech"): {
        "VALIDATION_ERROR",
        "UNKNOWN_VOICE",
        "GENERATION_NOT_FOUND",
        "VOICE_BUDGET_EXCEEDED",
        "VOICE_DISABLED",
        "VOICE_UNAVAILABLE",
    },
    ("post", "/api/chat/voice"): {
        "VALIDATION_ERROR",
        "EMPTY_RECORDING",
        "NOT_A_RECORDING",
        "NOTHING_HEARD",
        "CONVERSATION_NOT_FOUND",
        "GENERATION_ACTIVE",
        "PAYLOAD_TOO_LARGE",
        "VOICE_DISABLED",
        "VOICE_UNAVAILABLE",
    },
    ("post", "/api/chat/messages/{message_id}/edit"): {"VALIDATION_ERROR", "MESSAGE_NOT_FOUND"},
    ("post", "/api/chat/messages/{message_id}/regenerate"): {"MESSAGE_NOT_FOUND"},
    ("get", "/api/metrics/performance"): {"VALIDATION_ERROR", "METRICS_TOO_SLOW"},
    ("get", "/api/conversations"): {"VALIDATION_ERROR"},
    ("post", "/api/conversations"): {"VALIDATION_ERROR"},
    ("get", "/api/conversations/{conversation_id}"): {"CONVERSATION_NOT_FOUND"},
    ("patch", "/api/conversations/{conversation_id}"): {
        "VALIDATION_ERROR",
        "CONVERSATION_NOT_FOUND",
        "MESSAGE_NOT_FOUND",
    },
    ("delete", "/api/conversations/{conversation_id}"): {"CONVERSATION_NOT_FOUND"},
    ("get", "/api/conversations/{conversation_id}/messages"): {"CONVERSATION_NOT_FOUND"},
    ("get", "/api/conversations/{conversation_id}/export"): {"CONVERSATION_NOT_FOUND"},
    ("get", "/api/chat/templates"): set(),
    ("post", "/api/chat/optimize"): {"VALIDATION_ERROR", "CONVERSATION_NOT_FOUND"},
    ("get", "/api/conversation/context/{conversation_id}"): {
        "VALIDATION_ERROR",
        "CONVERSATION_NOT_FOUND",
        "MESSAGE_TOO_LONG",
        "LLM_MODEL_NOT_FOUND",
    },
    ("get", "/api/v1/voice/voices"): {"VOICE_DISABLED", "VOICE_UNAVAILABLE"},
    ("get", "/api/v1/voice/messages/{message_id}"): {
        "VALIDATION_ERROR",
        "TEXT_TOO_LONG",
        "MESSAGE_NOT_FOUND",
        "RANGE_NOT_SATISFIABLE",
        "VOICE_DISABLED",
        "VOICE_UNAVAILABLE",
    },
    ("post", "/api/v1/voice/transcriptions"): {
        "VALIDATION_ERROR",
        "EMPTY_RECORDING",
        "NOT_A_RECORDING",
        "PAYLOAD_TOO_LARGE",
        "VOICE_BUDGET_EXCEEDED",
        "VOICE_DISABLED",
        "VOICE_UNAVAILABLE",
    },
    ("post", "/api/v1/voice/speech"): {
        "VALIDATION_ERROR",
        "UNKNOWN_VOICE",
        "TEXT_TOO_LONG",
        "NOTHING_TO_SAY",
        "VOICE_BUDGET_EXCEEDED",
        "VOICE_DISABLED",
        "VOICE_UNAVAILABLE",
    },
    ("get", "/"): set(),
    ("get", "/livez"): set(),
    ("get", "/readyz"): {"NOT_READY"},
}
SUCCESSES = ("200", "201", "202")
OPENAI_WIRE = {
    ("post", "/v1/chat/completions"),
    ("post", "/v1/embeddings"),
    ("get", "/v1/models"),
    ("get", "/v1/models/{name}"),
}
"""Their errors look as OpenAI's do."""
AI_SDK_WIRE = {
    ("post", "/api/ai-sdk/chat"),
    ("get", "/api/ai-sdk/chat/{chat}/stream"),
}
"""Their errors are a sentence each."""
EVENTS = {
    "connected",
    "buyer_message",
    "seller_response",
    "offer",
    "decision",
    "round_start",
    "negotiation_complete",
    "heartbeat",
    "error",
    "notice",
    "message_queued",
}


@pytest.fixture(scope="module")
def settings() -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        return load_settings(env_file=None)


@pytest.fixture(scope="module")
def description(settings: Settings) -> Json:
    return create_app(settings).openapi()


def operations(description: Json) -> Iterator[tuple[tuple[str, str], Json]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield (method, path), operation


def resolved(description: Json, schema: Json) -> Json:
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        schema = description["components"]["schemas"][name]
    return schema


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(ref := node.get("$ref"), str):
            yield ref
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_it_is_the_same_however_often_it_is_asked_for(settings: Settings) -> None:
    app = create_app(settings)
    first = json.dumps(app.openapi())

    assert first == json.dumps(app.openapi()) == json.dumps(create_app(settings).openapi())


def test_every_endpoint_of_the_contract_is_in_it(description: Json) -> None:
    assert dict(operations(description)).keys() == ENDPOINTS.keys() | OPENAI_WIRE | AI_SDK_WIRE


def test_every_reference_leads_somewhere(description: Json) -> None:
    known = {f"#/components/schemas/{name}" for name in description["components"]["schemas"]}

    assert set(references(description)) <= known


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, *sorted(OPENAI_WIRE | AI_SDK_WIRE)], ids=" ".join)
def test_every_operation_is_described(description: Json, endpoint: tuple[str, str]) -> None:
    operation = dict(operations(description))[endpoint]

    assert operation["summary"]
    assert operation["tags"]
    success = next(each for each in SUCCESSES if each in operation["responses"])
    for body in operation["responses"][success]["content"].values():
        assert "schema" in body or "itemSchema" in body


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=" ".join)
def test_every_error_of_the_contract_is_an_example(
    description: Json, endpoint: tuple[str, str]
) -> None:
    operation = dict(operations(description))[endpoint]

    told: set[str] = set()
    for status, response in operation["responses"].items():
        if status in SUCCESSES:
            continue
        body = response["content"]["application/json"]
        assert body["schema"] == {"$ref": "#/components/schemas/ErrorEnvelope"}
        for code, example in body["examples"].items():
            error = example["value"]["error"]
            assert set(error) == {"code", "message", "details", "timestamp"}
            assert error["code"] == code
            told.add(code)
    assert ENDPOINTS[endpoint] <= told
    assert "default" in operation["responses"]


@pytest.mark.parametrize("endpoint", sorted(OPENAI_WIRE), ids=" ".join)
def test_errors_of_the_openai_wire_are_told(description: Json, endpoint: tuple[str, str]) -> None:
    operation = dict(operations(description))[endpoint]

    for status, response in operation["responses"].items():
        if status != "200":
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/OpenAIError"}
    assert "default" in operation["responses"]


@pytest.mark.parametrize("endpoint", sorted(AI_SDK_WIRE), ids=" ".join)
def test_errors_of_the_ai_sdks_wire_are_told(description: Json, endpoint: tuple[str, str]) -> None:
    operation = dict(operations(description))[endpoint]

    for status, response in operation["responses"].items():
        if status not in (*SUCCESSES, "204"):
            assert response["content"] == {"text/plain": {"schema": {"type": "string"}}}
            assert "x-parley-error" in response["headers"]
    assert "default" in operation["responses"]


def test_whatever_takes_input_can_refuse_it(description: Json) -> None:
    for endpoint, operation in operations(description):
        takes_input = "parameters" in operation or "requestBody" in operation
        assert ("400" in operation["responses"]) == takes_input, endpoint


def test_the_frameworks_own_errors_are_gone(description: Json) -> None:
    text = json.dumps(description)

    assert "HTTPValidationError" not in text
    for endpoint, operation in operations(description):
        if "422" in operation["responses"]:
            assert endpoint == ("post", "/api/v1/negotiation/{room_id}/decide")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/api/v1/simulation/initialize", InitializeRequest),
        ("/api/v1/negotiation/{room_id}/message", MessageRequest),
    ],
)
def test_every_request_body_has_an_example_that_is_valid(
    description: Json, path: str, model: type[InitializeRequest | MessageRequest]
) -> None:
    schema = resolved(
        description,
        description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"],
    )

    examples = schema.get("examples") or [
        {name: part["examples"][0] for name, part in schema["properties"].items()}
    ]
    assert examples
    for example in examples:
        model.model_validate(example)


def test_start_and_decide_take_no_body(description: Json) -> None:
    for action in ("start", "decide"):
        operation = description["paths"][f"/api/v1/negotiation/{{room_id}}/{action}"]["post"]
        assert "requestBody" not in operation


def test_the_streams_events_are_components(description: Json) -> None:
    stream = description["paths"]["/api/v1/negotiation/{room_id}/stream"]["get"]
    body = stream["responses"]["200"]["content"]["text/event-stream"]
    data = body["itemSchema"]["properties"]["data"]
    union = resolved(description, data["contentSchema"])

    assert body["example"]
    assert set(union["discriminator"]["mapping"]) == EVENTS
    for name, reference in union["discriminator"]["mapping"].items():
        event = resolved(description, {"$ref": reference})
        assert event["properties"]["type"]["const"] == name
        assert {"type", "timestamp"} <= set(event["required"])


def test_limits_of_the_contract_are_told(description: Json) -> None:
    schemas = description["components"]["schemas"]

    sellers = schemas["InitializeRequest"]["properties"]["sellers"]
    assert (sellers["minItems"], sellers["maxItems"]) == (1, 10)
    items = schemas["BuyerIn"]["properties"]["shopping_list"]
    assert (items["minItems"], items["maxItems"]) == (1, 10)
    assert schemas["BuyerIn"]["properties"]["name"]["maxLength"] == 50
    assert schemas["MessageRequest"]["properties"]["message"]["maxLength"] == 1000
    config = schemas["LLMConfigIn"]["properties"]
    assert (config["temperature"]["minimum"], config["temperature"]["maximum"]) == (0, 1)
    assert (config["temperature"]["default"], config["max_tokens"]["default"]) == (0.7, 500)

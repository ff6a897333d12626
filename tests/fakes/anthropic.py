"""Anthropic on loopback: `POST /v1/messages` as an event stream, and `GET /v1/models`.

async with FakeAnthropic(reply=lambda body: "Hello") as upstream:
    ...  # upstream.base_url, upstream.calls; a model named for a fault has it
"""

import asyncio
import json
from typing import Any

from tests.fakes.http_server import Exchange, Request
from tests.fakes.native import (
    EVENTS,
    PIECE,
    Fault,
    NativeFake,
    Reply,
    Script,
    answer,
    stream,
)

_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def frame(payload: dict[str, Any]) -> bytes:
    data = json.dumps(payload, ensure_ascii=False).encode()
    return b"event: %s\ndata: %s\n\n" % (payload["type"].encode(), data)


PING = frame({"type": "ping"})


def message_start(body: dict[str, Any], usage: dict[str, Any]) -> bytes:
    message = {
        "id": "msg_fake",
        "type": "message",
        "role": "assistant",
        "model": body.get("model", ""),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage | {"output_tokens": 1},
    }
    return frame({"type": "message_start", "message": message})


def block(index: int, start: dict[str, Any], deltas: list[dict[str, Any]]) -> list[bytes]:
    """A content block: its beginning, its deltas, its end."""
    return [
        frame({"type": "content_block_start", "index": index, "content_block": start}),
        *(frame({"type": "content_block_delta", "index": index, "delta": d}) for d in deltas),
        frame({"type": "content_block_stop", "index": index}),
    ]


def text_block(index: int, text: str) -> list[bytes]:
    deltas = [{"type": "text_delta", "text": piece} for piece in PIECE.findall(text)]
    return block(index, {"type": "text", "text": ""}, deltas)


def thinking_block(index: int, text: str) -> list[bytes]:
    deltas: list[dict[str, Any]] = [
        {"type": "thinking_delta", "thinking": piece} for piece in PIECE.findall(text)
    ]
    deltas.append({"type": "signature_delta", "signature": "c2lnbmVk"})
    return block(index, {"type": "thinking", "thinking": "", "signature": ""}, deltas)


def tool_block(index: int, name: str, arguments: dict[str, Any]) -> list[bytes]:
    start = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}
    pieces = PIECE.findall(json.dumps(arguments)) if arguments else []
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return block(index, start, deltas)


def closing(reason: str, usage: dict[str, Any], **details: Any) -> list[bytes]:
    delta = {"stop_reason": reason, "stop_sequence": None, **details}
    return [
        frame({"type": "message_delta", "delta": delta, "usage": usage}),
        frame({"type": "message_stop"}),
    ]


def usage_of(body: dict[str, Any]) -> dict[str, Any]:
    """What is marked to be cached counts apart, as on the vendor's bill."""
    prompt = len(json.dumps(body.get("messages", []))) // 4
    system = len(json.dumps(body.get("system", []))) // 4
    written = system if "cache_control" in body else 0
    return {
        "input_tokens": prompt + system - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": 0,
    }


class FakeAnthropic(NativeFake):
    """It takes a key as a bearer or as `x-api-key`. `models` are the ids that it lists."""

    def __init__(
        self,
        *,
        reply: Reply | None = None,
        fault: str = "ok",
        models: tuple[str, ...] = ("claude-large", "claude-small"),
    ) -> None:
        super().__init__(reply=reply, fault=fault)
        self.models = models
        self.usage: dict[str, Any] = {}
        """Added to what an answer reports at its end."""
        self.faults_of_its_own = FAULTS

    def admits(self, request: Request) -> bool:
        return bool(request.headers.get("authorization") or request.headers.get("x-api-key"))

    def error(self, status: int, message: str) -> dict[str, Any]:
        return error(status, message)

    async def route(self, exchange: Exchange, body: dict[str, Any]) -> None:
        path = exchange.request.path.partition("?")[0]
        if path == "/v1/models":
            answer(exchange, _page(self.models))
        elif path == "/v1/messages":
            await self.play(str(body.get("model")), exchange, self._script(body))
        else:
            answer(exchange, error(404, f"no {path} here"), status=404)

    def _script(self, body: dict[str, Any]) -> Script:
        reply = self.reply(body)
        if isinstance(reply, dict) and body.get("tools"):
            said, reason = tool_block(0, body["tools"][-1]["name"], reply), "tool_use"
        else:
            said, reason = text_block(0, _written(body, reply)), "end_turn"
        counted = {"output_tokens": 7} | self.usage
        return Script(
            body,
            opening=(message_start(body, usage_of(body)), PING, said[0]),
            pieces=tuple(said[1:-1]),
            closing=(said[-1] + closing(reason, counted)[0], closing(reason, counted)[1]),
            error=error,
        )


def error(status: int, message: str, **details: Any) -> dict[str, Any]:
    kind = _ERRORS.get(status, "api_error")
    said = {"type": kind, "message": message} | ({"details": details} if details else {})
    return {"type": "error", "error": said, "request_id": "req_fake"}


def _written(body: dict[str, Any], reply: str | dict[str, Any]) -> str:
    """An object comes back in the way it was asked for; as a fenced block where none was."""
    if isinstance(reply, str):
        return reply
    text = json.dumps(reply)
    return text if "output_config" in body else f"Here you are.\n```json\n{text}\n```"


def _page(models: tuple[str, ...]) -> dict[str, Any]:
    data = [model_info(name) for name in models]
    return {"data": data, "has_more": False, "first_id": models[0], "last_id": models[-1]}


def model_info(name: str) -> dict[str, Any]:
    yes, no = {"supported": True}, {"supported": False}
    capabilities = {
        "image_input": yes,
        "pdf_input": yes,
        "structured_outputs": yes if "large" in name else no,
        "thinking": {"supported": "large" in name, "types": {}},
    }
    return {
        "id": name,
        "type": "model",
        "display_name": name.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": capabilities,
    }


async def _pings_for_ever(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(EVENTS)
    exchange.chunk(script.opening[0])
    while True:
        exchange.chunk(PING)
        await asyncio.sleep(0.01)


async def _error_event(exchange: Exchange, script: Script) -> None:
    """Overloaded in mid-answer, under a 200."""
    stream(exchange, *script.half, frame(error(529, "Overloaded")))


async def _error_first(exchange: Exchange, script: Script) -> None:
    stream(exchange, frame(error(529, "Overloaded")))


async def _rate_limit_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, frame(error(429, "slow down")))


async def _api_error_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, frame(error(500, "Internal server error")))


async def _garbage_event(exchange: Exchange, script: Script) -> None:
    broken = b'event: content_block_delta\ndata: {"type": "content_bl\n\n'
    stream(exchange, script.opening[0], broken)


async def _odd_events(exchange: Exchange, script: Script) -> None:
    """Events of unknown kinds and unexpected shapes between the good ones."""
    odd: list[dict[str, Any]] = [
        {"type": "from_the_future", "index": 0},
        {"type": "content_block_delta", "index": None, "delta": None},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "new_delta", "text": 7}},
        {"type": "content_block_start", "index": 9, "content_block": "x"},
        {"type": "content_block_stop"},
        {"type": "message_delta", "delta": None, "usage": "none"},
    ]
    stream(exchange, *[frame(event) for event in odd], *script.frames)


async def _list_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, b"event: content_block_delta\ndata: [1, 2]\n\n")


async def _empty_answer(exchange: Exchange, script: Script) -> None:
    """Complete in form, and says nothing."""
    stream(exchange, script.opening[0], *closing("end_turn", {"output_tokens": 1}))


async def _out_of_tokens(exchange: Exchange, script: Script) -> None:
    thinking = thinking_block(0, "Hm, let me see")
    stream(exchange, script.opening[0], *thinking, *closing("max_tokens", {"output_tokens": 9}))


async def _no_stop_reason(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.opening, *script.pieces, frame({"type": "message_stop"}))


async def _refusal(exchange: Exchange, script: Script) -> None:
    details = {"type": "refusal", "category": "bio", "explanation": "this could do harm"}
    stream(
        exchange,
        script.opening[0],
        *closing("refusal", {"output_tokens": 1}, stop_details=details),
    )


async def _refusal_in_mid_answer(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, *closing("refusal", {"output_tokens": 3}))


async def _thinking(exchange: Exchange, script: Script) -> None:
    thoughts = thinking_block(0, "Let me think.")
    said = text_block(1, "Yes.")
    usage = {"output_tokens": 30, "output_tokens_details": {"thinking_tokens": 20}}
    stream(exchange, script.opening[0], *thoughts, *said, *closing("end_turn", usage))


async def _two_tools(exchange: Exchange, script: Script) -> None:
    """Says something, then calls one tool with arguments and one without."""
    said = text_block(0, "Let me look. ")
    tools = [*tool_block(1, "search", {"query": "clay"}), *tool_block(2, "now", {})]
    stream(exchange, script.opening[0], *said, *tools, *closing("tool_use", {"output_tokens": 20}))


async def _stopped(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, *closing("stop_sequence", {"output_tokens": 3}))


async def _too_long(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, *closing("max_tokens", {"output_tokens": 3}))


async def _spend_limit(exchange: Exchange, script: Script) -> None:
    """A 429 that no waiting helps against."""
    said = error(429, "monthly limit reached", error_code="enforced_spend_limit_reached")
    answer(exchange, said, status=429)


async def _no_credit(exchange: Exchange, script: Script) -> None:
    said = error(400, "Your credit balance is too low to access the API.")
    answer(exchange, said, status=400)


async def _no_output_config(exchange: Exchange, script: Script) -> None:
    """Refuses structured output by name, takes everything else."""
    if "output_config" in script.body:
        refused = "output_config.format: this model does not support structured outputs"
        answer(exchange, error(400, refused), status=400)
    else:
        stream(exchange, *script.frames)


async def _no_forced_tool(exchange: Exchange, script: Script) -> None:
    """As a model that thinks, which can't be forced to call a tool."""
    if "tool_choice" in script.body:
        refused = "Thinking may not be enabled when tool_choice forces tool use."
        answer(exchange, error(400, refused), status=400)
    else:
        await _no_output_config(exchange, script)


FAULTS: dict[str, Fault] = {
    "api-error-event": _api_error_event,
    "empty-answer": _empty_answer,
    "error-event": _error_event,
    "error-first": _error_first,
    "garbage-event": _garbage_event,
    "list-event": _list_event,
    "no-credit": _no_credit,
    "no-forced-tool": _no_forced_tool,
    "no-output-config": _no_output_config,
    "no-stop-reason": _no_stop_reason,
    "odd-events": _odd_events,
    "out-of-tokens": _out_of_tokens,
    "pings-for-ever": _pings_for_ever,
    "rate-limit-event": _rate_limit_event,
    "refusal": _refusal,
    "refusal-in-mid-answer": _refusal_in_mid_answer,
    "spend-limit": _spend_limit,
    "stopped": _stopped,
    "thinking": _thinking,
    "too-long": _too_long,
    "two-tools": _two_tools,
}

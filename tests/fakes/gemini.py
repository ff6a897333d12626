"""Gemini on loopback: `streamGenerateContent` as an event stream, `batchEmbedContents`, and the
list of models.

    async with FakeGemini(reply=lambda body: "Hello") as upstream:
        ...  # upstream.base_url, upstream.calls; a model named for a fault has it
"""

import asyncio
import json
import re
from typing import Any

from tests.fakes.http_server import Exchange, Request
from tests.fakes.native import EVENTS, PIECE, Fault, NativeFake, Reply, Script, answer, stream

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_CALL = re.compile(r"/v1/models/(?P<model>[^:]+):(?P<action>\w+)")


def frame(payload: object) -> bytes:
    return b"data: %s\r\n\r\n" % json.dumps(payload, ensure_ascii=False).encode()


def chunk(*parts: dict[str, Any], finish: str | None = None, **fields: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": "fake", "responseId": "r1", **fields}


def usage(**counts: int) -> dict[str, int]:
    return {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18, **counts}


def ending(finish: str = "STOP", **counts: int) -> bytes:
    return frame(chunk({"text": ""}, finish=finish, usageMetadata=usage(**counts)))


def error(status: int, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": status,
        "message": message,
        "status": _STATUS.get(status, "UNKNOWN"),
    }
    return {"error": said | ({"details": list(details)} if details else {})}


class FakeGemini(NativeFake):
    """It takes a key as `x-goog-api-key`, or as a bearer. Vectors hold the length of each text."""

    def __init__(
        self,
        *,
        reply: Reply | None = None,
        fault: str = "ok",
        models: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(reply=reply, fault=fault)
        self.counts: dict[str, int] = {}
        """Added to what an answer reports at its end."""
        self.models = models or MODELS
        self.faults_of_its_own = FAULTS

    def admits(self, request: Request) -> bool:
        return bool(request.headers.get("x-goog-api-key") or request.headers.get("authorization"))

    def error(self, status: int, message: str) -> dict[str, Any]:
        return error(status, message)

    async def route(self, exchange: Exchange, body: dict[str, Any]) -> None:
        path = exchange.request.path.partition("?")[0]
        call = _CALL.fullmatch(path)
        if path == "/v1/models":
            answer(exchange, {"models": self.models})
        elif call is None:
            answer(exchange, error(404, f"no {path} here"), status=404)
        elif call["action"] == "batchEmbedContents":
            await self._embed(call["model"], exchange, body)
        else:
            await self.play(call["model"], exchange, self._script(body))

    async def _embed(self, model: str, exchange: Exchange, body: dict[str, Any]) -> None:
        """Only what is no fault of streams is one of vectors."""
        if model.startswith("status-") or model == "silence":
            await self.play(model, exchange, self._script(body))
            return
        texts = [request["content"]["parts"][0]["text"] for request in body["requests"]]
        kept = texts[1:] if model == "too-few" else texts
        answer(exchange, {"embeddings": [{"values": [float(len(text)), 1.0]} for text in kept]})

    def _script(self, body: dict[str, Any]) -> Script:
        reply = self.reply(body)
        if isinstance(reply, dict) and body.get("tools"):
            name = body["tools"][0]["functionDeclarations"][-1]["name"]
            pieces = [frame(chunk({"functionCall": {"name": name, "args": reply}}))]
        else:
            pieces = [
                frame(chunk({"text": piece}, usageMetadata={"promptTokenCount": 11}))
                for piece in PIECE.findall(_written(body, reply))
            ]
        return Script(body, (), tuple(pieces), (ending("STOP", **self.counts),), error)


def _written(body: dict[str, Any], reply: str | dict[str, Any]) -> str:
    """An object comes back in the way it was asked for; as a fenced block where none was."""
    if isinstance(reply, str):
        return reply
    asked = "responseJsonSchema" in body.get("generationConfig", {})
    text = json.dumps(reply)
    return text if asked else f"Here you are.\n```json\n{text}\n```"


MODELS: list[dict[str, Any]] = [
    {
        "name": "models/gemini-fast",
        "displayName": "Gemini Fast",
        "version": "1",
        "inputTokenLimit": 1_000_000,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": True,
    },
    {
        "name": "models/gemma-small",
        "displayName": "Gemma Small",
        "version": "1",
        "inputTokenLimit": 8192,
        "outputTokenLimit": 8192,
        "supportedGenerationMethods": ["generateContent"],
    },
    {
        "name": "models/gemini-embedding-001",
        "displayName": "Gemini Embedding",
        "version": "1",
        "inputTokenLimit": 2048,
        "outputTokenLimit": 1,
        "supportedGenerationMethods": ["embedContent"],
    },
    {
        "name": "models/veo-1",
        "displayName": "Veo",
        "version": "1",
        "supportedGenerationMethods": ["predictLongRunning"],
    },
]


async def _error_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, frame(error(503, "The model is overloaded.")))


async def _error_first(exchange: Exchange, script: Script) -> None:
    stream(exchange, frame(error(503, "The model is overloaded.")))


async def _quota(exchange: Exchange, script: Script) -> None:
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}
    answer(exchange, error(429, "You exceeded your current quota.", retry), status=429)


async def _bad_key(exchange: Exchange, script: Script) -> None:
    """A wrong key is a bad request here."""
    why = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    answer(exchange, error(400, "API key not valid.", why), status=400)


async def _garbage_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, b'data: {"candidates": [{"content"\r\n\r\n')


async def _garbage_in_mid_answer(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, b'data: {"candidates": [{"content"\r\n\r\n')


async def _odd_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, frame({"candidates": [{"content": {"parts": 7}}]}))


async def _list_event(exchange: Exchange, script: Script) -> None:
    stream(exchange, frame([1, 2]))


async def _empty_answer(exchange: Exchange, script: Script) -> None:
    """Complete in form, and says nothing."""
    stream(exchange, ending())


async def _no_parts(exchange: Exchange, script: Script) -> None:
    """A candidate with a reason and no content at all, and chunks with nothing in them."""
    stream(exchange, frame({}), frame({"candidates": []}), *script.pieces, _bare("STOP"))


async def _out_of_tokens(exchange: Exchange, script: Script) -> None:
    stream(exchange, frame(chunk({"text": "Hm", "thought": True})), ending("MAX_TOKENS"))


async def _too_long(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, ending("MAX_TOKENS"))


async def _filtered(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, ending("SAFETY"))


async def _filtered_at_once(exchange: Exchange, script: Script) -> None:
    stream(exchange, _bare("PROHIBITED_CONTENT"))


async def _from_the_future(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, ending("TIRED"))


async def _malformed_call(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.half, ending("MALFORMED_FUNCTION_CALL"))


async def _blocked(exchange: Exchange, script: Script) -> None:
    feedback = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": usage()}
    stream(exchange, frame(feedback))


async def _thinking(exchange: Exchange, script: Script) -> None:
    thoughts = [frame(chunk({"text": text, "thought": True})) for text in ("Let me ", "think.")]
    said = frame(chunk({"text": "Yes."}))
    stream(exchange, *thoughts, said, ending(thoughtsTokenCount=20, cachedContentTokenCount=5))


async def _two_tools(exchange: Exchange, script: Script) -> None:
    """Says something, then calls two tools at once, of which only the first is signed."""
    search = {"id": "fc_1", "name": "search", "args": {"query": "clay"}}
    now: dict[str, Any] = {"name": "now", "args": {}}
    if any("thoughtSignature" in json.dumps(content) for content in script.body["contents"]):
        stream(exchange, *script.frames)
        return
    stream(
        exchange,
        frame(chunk({"text": "Let me look. "})),
        frame(chunk({"functionCall": search, "thoughtSignature": "c2lnbmVk"})),
        frame(chunk({"functionCall": now})),
        ending(),
    )


async def _no_json_mode(exchange: Exchange, script: Script) -> None:
    """Refuses structured output by name, takes everything else."""
    if "responseJsonSchema" in script.body.get("generationConfig", {}):
        answer(exchange, error(400, "JSON mode is not enabled for this model"), status=400)
    else:
        stream(exchange, *script.frames)


async def _no_json_nor_tools(exchange: Exchange, script: Script) -> None:
    if "tools" in script.body:
        answer(exchange, error(400, "Function calling is not enabled"), status=400)
    else:
        await _no_json_mode(exchange, script)


async def _empty_chunks_for_ever(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(EVENTS)
    while True:
        exchange.chunk(frame({"usageMetadata": {"promptTokenCount": 11}}))
        await asyncio.sleep(0.01)


def _bare(finish: str) -> bytes:
    return frame({"candidates": [{"finishReason": finish, "index": 0}], "usageMetadata": usage()})


FAULTS: dict[str, Fault] = {
    "bad-key": _bad_key,
    "blocked": _blocked,
    "empty-answer": _empty_answer,
    "empty-chunks-for-ever": _empty_chunks_for_ever,
    "error-event": _error_event,
    "error-first": _error_first,
    "filtered": _filtered,
    "filtered-at-once": _filtered_at_once,
    "from-the-future": _from_the_future,
    "garbage-event": _garbage_event,
    "garbage-in-mid-answer": _garbage_in_mid_answer,
    "list-event": _list_event,
    "malformed-call": _malformed_call,
    "no-json-mode": _no_json_mode,
    "no-json-nor-tools": _no_json_nor_tools,
    "no-parts": _no_parts,
    "odd-event": _odd_event,
    "out-of-tokens": _out_of_tokens,
    "quota": _quota,
    "thinking": _thinking,
    "too-long": _too_long,
    "two-tools": _two_tools,
}

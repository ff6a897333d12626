"""LM Studio on loopback: the OpenAI wire, its own list of models, and models that take a while to
be loaded. Shapes as in its documentation of 0.4 (`v1`) and 0.3.6 (`v0`)."""

import asyncio
import json
from typing import Any, Literal

from tests.fakes.http_server import Exchange
from tests.fakes.openai_wire import FakeOpenAI

Api = Literal["v1", "v0", "openai"]
CONTEXT = 4096
MOST = 32768


class FakeLMStudio(FakeOpenAI):
    """`loaded` models answer at once, the others of `models` after `load_seconds`, or with 404
    where loading `just_in_time` is off. `headers_first` answers the head before loading."""

    def __init__(
        self,
        *,
        models: tuple[str, ...] = ("qwen/qwen3-4b", "google/gemma-3-12b"),
        loaded: tuple[str, ...] = (),
        api: Api = "v1",
        load_seconds: float = 0.0,
        just_in_time: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(models=models, **options)
        self.loaded = set(loaded)
        self.api: Api = api
        self.load_seconds = load_seconds
        self.just_in_time = just_in_time
        self.headers_first = False
        self.looks = 0
        """How often it was asked what is loaded."""

    async def _handle(self, exchange: Exchange) -> None:
        path = exchange.request.path
        if path.startswith("/api/"):
            self.looks += 1
            self._list(exchange, path)
        elif path.endswith("/chat/completions"):
            await self._chat(exchange)
        else:
            await super()._handle(exchange)

    def _list(self, exchange: Exchange, path: str) -> None:
        if path == "/api/v1/models" and self.api == "v1":
            _json(exchange, 200, {"models": [self._v1(name) for name in self.models]})
        elif path == "/api/v0/models" and self.api == "v0":
            _json(exchange, 200, {"object": "list", "data": [self._v0(n) for n in self.models]})
        else:
            # LM Studio answers 200 to endpoints that it doesn't know.
            _json(exchange, 200, {"error": f"Unexpected endpoint or method. (GET {path})"})

    def _v1(self, name: str) -> dict[str, Any]:
        instance = {"id": f"{name}:2", "config": {"context_length": CONTEXT, "parallel": 4}}
        return {
            "type": "llm",
            "key": name,
            "display_name": name.title(),
            "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
            "max_context_length": MOST,
            "loaded_instances": [instance] if name in self.loaded else [],
            "capabilities": {"vision": False, "trained_for_tool_use": True},
        }

    def _v0(self, name: str) -> dict[str, Any]:
        loaded = {"state": "loaded", "loaded_context_length": CONTEXT}
        return {
            "id": name,
            "object": "model",
            "type": "llm",
            "max_context_length": MOST,
            **(loaded if name in self.loaded else {"state": "not-loaded"}),
        }

    async def _chat(self, exchange: Exchange) -> None:
        model = json.loads(exchange.request.body)["model"]
        if model not in self.loaded:
            if not self.just_in_time or model not in self.models:
                await self._refuse(exchange)
                return
            if self.headers_first:
                exchange.begin_chunked({"content-type": "text/event-stream"})
                await asyncio.sleep(self.load_seconds)
                chunk = {"choices": [{"delta": {"content": "Hi."}, "finish_reason": "stop"}]}
                exchange.chunk(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())
                exchange.end_chunked()
                return
            await asyncio.sleep(self.load_seconds)
            self.loaded.add(model)
        await super()._handle(exchange)

    async def _refuse(self, exchange: Exchange) -> None:
        message = (
            "No models loaded. Please load a model in the developer page or use the `lms load` "
            "command."
        )
        error = {"message": message, "type": "invalid_request_error", "code": "model_not_found"}
        _json(exchange, 404, {"error": error})


def _json(exchange: Exchange, status: int, payload: object) -> None:
    exchange.answer(status, json.dumps(payload).encode(), {"content-type": "application/json"})

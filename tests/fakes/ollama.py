"""Ollama on loopback: the OpenAI wire, and `/api/tags`, `/api/ps`, `/api/show`, shaped as in its
documentation. A model that isn't in memory takes `load_seconds` to answer."""

import asyncio
import json
from typing import Any

from tests.fakes.http_server import Exchange
from tests.fakes.openai_wire import FakeOpenAI

CONTEXT = 8192


class FakeOllama(FakeOpenAI):
    def __init__(
        self,
        *,
        models: tuple[str, ...] = ("llama3.2:latest", "qwen3:4b"),
        loaded: tuple[str, ...] = (),
        load_seconds: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(models=models, **options)
        self.loaded = set(loaded)
        self.load_seconds = load_seconds

    async def _handle(self, exchange: Exchange) -> None:
        path = exchange.request.path
        if path == "/api/tags":
            _json(exchange, 200, {"models": [_installed(name) for name in self.models]})
        elif path == "/api/ps":
            running = [_running(name) for name in self.models if name in self.loaded]
            _json(exchange, 200, {"models": running})
        elif path == "/api/show":
            self._show(exchange)
        elif path.endswith("/chat/completions"):
            await self._chat(exchange)
        else:
            await super()._handle(exchange)

    def _show(self, exchange: Exchange) -> None:
        name = _tagged(json.loads(exchange.request.body)["model"])
        if name not in self.models:
            _json(exchange, 404, {"error": f"model '{name}' not found"})
            return
        info = {"general.architecture": "llama", "llama.context_length": 131072}
        _json(exchange, 200, {"capabilities": ["completion", "tools"], "model_info": info})

    async def _chat(self, exchange: Exchange) -> None:
        name = _tagged(json.loads(exchange.request.body)["model"])
        if name not in self.models:
            message = f'model "{name}" not found, try pulling it first'
            error = {"message": message, "type": "api_error", "param": None, "code": None}
            _json(exchange, 404, {"error": error})
            return
        if name not in self.loaded:
            await asyncio.sleep(self.load_seconds)
            self.loaded.add(name)
        await super()._handle(exchange)


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


def _installed(name: str) -> dict[str, Any]:
    details = {"format": "gguf", "family": "llama", "parameter_size": "3.2B"}
    return {"name": name, "model": name, "size": 2_019_393_189, "details": details}


def _running(name: str) -> dict[str, Any]:
    expires = "2026-11-21T12:05:00Z"
    return {**_installed(name), "expires_at": expires, "context_length": CONTEXT}


def _json(exchange: Exchange, status: int, payload: object) -> None:
    exchange.answer(status, json.dumps(payload).encode(), {"content-type": "application/json"})

"""What a client hears, read from the bytes without anybody's library."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

HELLO = [{"role": "user", "content": "Hello"}]


@dataclass
class Heard:
    """An answer, streamed or not. `done` says that it is complete, as its wire tells that."""

    status: int
    headers: httpx.Headers
    text: str = ""
    error: dict[str, Any] | None = None
    done: bool = False
    comments: int = 0
    chunks: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def whole(cls, response: httpx.Response) -> Self:
        payload = response.json()
        heard = cls(response.status_code, response.headers, error=payload.get("error"))
        if heard.error is None:
            heard.text = payload["choices"][0]["message"]["content"]
            heard.done = True
        return heard

    def line(self, line: str) -> None:
        """One line of an event stream."""
        if line.startswith(":"):
            self.comments += 1
        elif line == "data: [DONE]":
            self.done = True
        elif line.startswith("data: "):
            assert not self.done
            assert self.error is None
            self._chunk(json.loads(line[6:]))

    def _chunk(self, payload: dict[str, Any]) -> None:
        self.error = payload.get("error")
        self.chunks.append(payload)
        for choice in payload.get("choices", []):
            self.text += choice["delta"].get("content") or ""


async def ask(
    http: httpx.AsyncClient, body: dict[str, Any], headers: dict[str, str] | None = None
) -> Heard:
    """Asks for a chat completion, in the way that the body says."""
    body = {"messages": HELLO, **body}
    path = "/v1/chat/completions"
    if not body.get("stream"):
        return Heard.whole(await http.post(path, json=body, headers=headers))
    async with http.stream("POST", path, json=body, headers=headers) as response:
        heard = Heard(response.status_code, response.headers)
        if response.headers["content-type"].startswith("application/json"):
            await response.aread()
            return Heard.whole(response)
        async for line in response.aiter_lines():
            heard.line(line)
    return heard

"""Everything an upstream can do to a client, each under the name a test asks for it by.

`status-503`, `status-429-after-7` and `status-429-date` take any status and seconds; `context-500`
takes prompts of up to so many tokens, counted as four characters each.
"""

import asyncio
import gzip
import json
import re
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.fakes.http_server import Exchange
from tests.fakes.openai_frames import Script, frame

Behaviour = Callable[[Exchange, Script], Awaitable[None]]

_JSON = {"content-type": "application/json"}
_EVENTS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
_CONTEXT = re.compile(r"context-(?P<limit>\d+)")
_STATUS = re.compile(r"status-(?P<code>\d{3})(?:-after-(?P<after>.+)|(?P<date>-date))?")


class Behaviours:
    def __init__(self) -> None:
        self._named: dict[str, Behaviour] = {}

    def __call__(self, name: str) -> Behaviour:
        if match := _STATUS.fullmatch(name):
            return _status(int(match["code"]), match["after"], dated=bool(match["date"]))
        if match := _CONTEXT.fullmatch(name):
            return _context(int(match["limit"]))
        return self._named[name]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._named)

    def knows(self, name: str) -> bool:
        patterns = (_STATUS.fullmatch(name), _CONTEXT.fullmatch(name))
        return name in self._named or any(patterns)

    def add(self, behaviour: Behaviour) -> Behaviour:
        self._named[behaviour.__name__.replace("_", "-")] = behaviour
        return behaviour


behaviour = Behaviours()


@behaviour.add
async def ok(exchange: Exchange, script: Script) -> None:
    await asyncio.sleep(script.latency)
    if not script.body.get("stream"):
        _whole(exchange, script.whole)
        return
    exchange.begin_chunked(_EVENTS)
    exchange.chunk(script.role())
    for number, piece in enumerate(script.pieces):
        if script.before_token is not None:
            await script.before_token(number)
        if number and script.token_delay:
            await asyncio.sleep(script.token_delay)
        exchange.chunk(script.chunk(piece))
    exchange.chunk(b"".join(script.closing()))
    exchange.end_chunked()


@behaviour.add
async def json_only(exchange: Exchange, script: Script) -> None:
    """Doesn't know how to stream."""
    await asyncio.sleep(script.latency)
    _whole(exchange, script.whole)


@behaviour.add
async def refuse(exchange: Exchange, script: Script) -> None:
    exchange.hang_up()


@behaviour.add
async def silence(exchange: Exchange, script: Script) -> None:
    await asyncio.Event().wait()


@behaviour.add
async def silence_after_headers(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(_EVENTS)
    await asyncio.Event().wait()


@behaviour.add
async def silence_after_role(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(_EVENTS)
    exchange.chunk(script.role())
    await asyncio.Event().wait()


@behaviour.add
async def silence_in_mid_answer(exchange: Exchange, script: Script) -> None:
    _half(exchange, script)
    await asyncio.Event().wait()


@behaviour.add
async def comments_for_ever(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(_EVENTS)
    while True:
        exchange.chunk(b": OPENROUTER PROCESSING\n\n")
        await asyncio.sleep(0.01)


@behaviour.add
async def comments_in_mid_answer(exchange: Exchange, script: Script) -> None:
    _half(exchange, script)
    while True:
        exchange.chunk(b": OPENROUTER PROCESSING\n\n")
        await asyncio.sleep(0.01)


@behaviour.add
async def tokens_for_ever(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(_EVENTS)
    while True:
        exchange.chunk(script.chunk({"content": "more "}))
        await asyncio.sleep(0.01)


@behaviour.add
async def comments(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [b": OPENROUTER PROCESSING\n\n", b":\n\n", *script.all_frames()])


@behaviour.add
async def cut(exchange: Exchange, script: Script) -> None:
    """The connection is gone in mid-answer."""
    _half(exchange, script)
    exchange.hang_up()


@behaviour.add
async def cut_cleanly(exchange: Exchange, script: Script) -> None:
    """The body ends as HTTP wants it; only the answer isn't all there."""
    _half(exchange, script)
    exchange.end_chunked()


@behaviour.add
async def cut_after_finish(exchange: Exchange, script: Script) -> None:
    """All was said, but usage and [DONE] are lost with the connection."""
    exchange.begin_chunked(_EVENTS)
    for sent in (*map(script.chunk, script.pieces), script.closing()[0]):
        exchange.chunk(sent)
    exchange.hang_up()


@behaviour.add
async def hanging_after_finish(exchange: Exchange, script: Script) -> None:
    """All was said, but neither [DONE] nor the end of the body ever comes."""
    exchange.begin_chunked(_EVENTS)
    exchange.chunk(b"".join([*map(script.chunk, script.pieces), script.closing()[0]]))
    await asyncio.Event().wait()


@behaviour.add
async def cut_json(exchange: Exchange, script: Script) -> None:
    body = json.dumps(script.whole).encode()
    exchange.head(200, _JSON | {"content-length": str(len(body))})
    exchange.raw(body[: len(body) // 2])
    exchange.hang_up()


@behaviour.add
async def no_finish_reason(exchange: Exchange, script: Script) -> None:
    frames = [*map(script.chunk, script.pieces), script.closing()[-1]]
    _stream(exchange, frames)


@behaviour.add
async def lingering(exchange: Exchange, script: Script) -> None:
    """Says [DONE] and leaves the connection open."""
    exchange.begin_chunked(_EVENTS)
    exchange.chunk(b"".join(script.all_frames()))
    await asyncio.Event().wait()


@behaviour.add
async def garbage(exchange: Exchange, script: Script) -> None:
    exchange.raw(b"\x16\x03\x01\x02 this was never HTTP\r\n\r\n")
    exchange.hang_up()


@behaviour.add
async def garbage_chunk(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [script.role(), b'data: {"choices": [{"delta": {"cont\n\n'])


@behaviour.add
async def null_usage(exchange: Exchange, script: Script) -> None:
    """Says in every frame that the tokens aren't counted yet, as OpenAI does."""
    null = b',"usage":null}\n\n'
    frames = script.all_frames()
    _stream(exchange, [f if b'"usage"' in f else f.replace(b"}\n\n", null) for f in frames])


@behaviour.add
async def usage_at_finish(exchange: Exchange, script: Script) -> None:
    """Counts in the frame that ends the answer, asked or not."""
    said = [script.role(), *map(script.chunk, script.pieces)]
    last = json.loads(script.chunk({}, script.finish_reason)[6:]) | {"usage": script.usage}
    _stream(exchange, [*said, frame(last), b"data: [DONE]\n\n"])


@behaviour.add
async def comments_then_tokens(exchange: Exchange, script: Script) -> None:
    """Keeps the connection alive for a while before it has anything to say."""
    exchange.begin_chunked(_EVENTS)
    for _ in range(5):
        exchange.chunk(b": OPENROUTER PROCESSING\n\n")
        await asyncio.sleep(0.02)
    for sent in script.all_frames():
        exchange.chunk(sent)
    exchange.end_chunked()


@behaviour.add
async def garbage_in_mid_answer(exchange: Exchange, script: Script) -> None:
    _half(exchange, script)
    exchange.chunk(b'data: {"choices": [{"delta": {"cont\n\n')
    exchange.end_chunked()


@behaviour.add
async def odd_chunks(exchange: Exchange, script: Script) -> None:
    """JSON of unexpected shapes between the good ones."""
    odd = [{"choices": None}, {"choices": [None]}, {"choices": {}}, {"choices": [{"delta": "x"}]}]
    odd += [{"choices": [{"delta": {"content": 7, "tool_calls": 7}}]}, {"usage": "none"}]
    _stream(exchange, [*map(frame, odd), *script.all_frames()])


@behaviour.add
async def list_chunk(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [frame([1, 2, 3])])


@behaviour.add
async def html(exchange: Exchange, script: Script) -> None:
    page = b"<html><body><h1>Welcome to the hotel network</h1></body></html>"
    exchange.answer(200, page, {"content-type": "text/html"})


@behaviour.add
async def html_as_json(exchange: Exchange, script: Script) -> None:
    exchange.answer(200, b"<html></html>", _JSON)


@behaviour.add
async def no_content_type(exchange: Exchange, script: Script) -> None:
    exchange.answer(200, b"whatever", {})


@behaviour.add
async def empty(exchange: Exchange, script: Script) -> None:
    exchange.answer(200, b"", _JSON)


@behaviour.add
async def empty_stream(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [])


@behaviour.add
async def empty_answer(exchange: Exchange, script: Script) -> None:
    """A stream that is complete in form and says nothing."""
    _stream(exchange, [script.role(), *script.closing()])


@behaviour.add
async def silent_json(exchange: Exchange, script: Script) -> None:
    """The same in one piece."""
    choice = {"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}
    _whole(exchange, script.whole | {"choices": [choice]})


@behaviour.add
async def out_of_tokens(exchange: Exchange, script: Script) -> None:
    thinking = script.chunk({"reasoning": "Hm, let me see"})
    _stream(exchange, [script.role(), thinking, script.chunk({}, "length"), b"data: [DONE]\n\n"])


@behaviour.add
async def thinking(exchange: Exchange, script: Script) -> None:
    thoughts = [script.chunk({"reasoning_content": "Hm, "}), script.chunk({"reasoning": "yes"})]
    _stream(exchange, [*thoughts, *script.all_frames()])


@behaviour.add
async def error_chunk(exchange: Exchange, script: Script) -> None:
    _half(exchange, script)
    exchange.chunk(_error(script, {"code": 502, "message": "Provider disconnected"}))
    exchange.end_chunked()


@behaviour.add
async def error_word_chunk(exchange: Exchange, script: Script) -> None:
    """An older spelling: the code is a word, the kind stands in the metadata."""
    error = {"code": "unknown", "message": "slow down", "metadata": {"error_type": "rate_limit_x"}}
    _half(exchange, script)
    exchange.chunk(_error(script, error))
    exchange.end_chunked()


@behaviour.add
async def error_first(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [_error(script, {"code": "server_error", "message": "out of memory"})])


@behaviour.add
async def error_json(exchange: Exchange, script: Script) -> None:
    """An error under a 200."""
    _whole(exchange, {"error": {"code": 429, "message": "Too many requests"}})


@behaviour.add
async def error_text(exchange: Exchange, script: Script) -> None:
    _whole(exchange, {"error": "the model has crashed"})


@behaviour.add
async def finish_error(exchange: Exchange, script: Script) -> None:
    _half(exchange, script)
    exchange.chunk(script.chunk({}, "error"))
    exchange.end_chunked()


@behaviour.add
async def one_byte(exchange: Exchange, script: Script) -> None:
    """Every byte comes alone, so that lines, frames and characters are torn apart."""
    exchange.begin_chunked(_EVENTS)
    for byte in b"".join(script.all_frames()):
        exchange.chunk(bytes((byte,)))
        await asyncio.sleep(0)
    exchange.end_chunked()


@behaviour.add
async def split_characters(exchange: Exchange, script: Script) -> None:
    """Each piece is cut within its last character that takes more than one byte."""
    exchange.begin_chunked(_EVENTS)
    for sent in script.all_frames():
        cut_at = max((n for n, byte in enumerate(sent) if byte >= 0x80), default=1)
        for part in (sent[:cut_at], sent[cut_at:]):
            exchange.chunk(part)
            await asyncio.sleep(0.005)
    exchange.end_chunked()


@behaviour.add
async def crlf(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [sent.replace(b"\n", b"\r\n") for sent in script.all_frames()])


@behaviour.add
async def big_chunk(exchange: Exchange, script: Script) -> None:
    """One frame of 5 MB: large, and still within the bound."""
    _stream(exchange, [script.chunk({"content": "x" * 5_000_000}), *script.closing()])


@behaviour.add
async def huge_chunk(exchange: Exchange, script: Script) -> None:
    _stream(exchange, [script.chunk({"content": "x" * 6_000_000}), *script.closing()])


@behaviour.add
async def huge_json(exchange: Exchange, script: Script) -> None:
    _whole(exchange, script.whole | {"padding": "x" * 6_000_000})


@behaviour.add
async def gzipped(exchange: Exchange, script: Script) -> None:
    body = gzip.compress(b"".join(script.all_frames()))
    exchange.answer(200, body, _EVENTS | {"content-encoding": "gzip"})


@behaviour.add
async def gzipped_as_it_comes(exchange: Exchange, script: Script) -> None:
    """Every frame can be unpacked once it is there. The stream stays open after the first token."""
    exchange.begin_chunked(_EVENTS | {"content-encoding": "gzip"})
    packing = zlib.compressobj(wbits=31)
    for sent in (script.role(), script.chunk(script.pieces[0])):
        exchange.chunk(packing.compress(sent) + packing.flush(zlib.Z_SYNC_FLUSH))
    await asyncio.Event().wait()


@behaviour.add
async def gzipped_json(exchange: Exchange, script: Script) -> None:
    body = gzip.compress(json.dumps(script.whole).encode())
    exchange.answer(200, body, _JSON | {"content-encoding": "gzip"})


@behaviour.add
async def broken_gzip(exchange: Exchange, script: Script) -> None:
    exchange.answer(200, b"this is no gzip", _EVENTS | {"content-encoding": "gzip"})


@behaviour.add
async def redirect(exchange: Exchange, script: Script) -> None:
    exchange.answer(307, b"", {"location": "http://127.0.0.1:9/v1/chat/completions"})


@behaviour.add
async def no_response_format(exchange: Exchange, script: Script) -> None:
    """Refuses structured output by name, takes everything else."""
    if "response_format" in script.body:
        _refusal(exchange, "'response_format.type' must be 'text'")
    else:
        await ok(exchange, script)


@behaviour.add
async def no_response_format_nor_tools(exchange: Exchange, script: Script) -> None:
    if "tools" in script.body:
        _refusal(exchange, "No endpoints found that support tool use", status=404)
    else:
        await no_response_format(exchange, script)


@behaviour.add
async def echo_key(exchange: Exchange, script: Script) -> None:
    """Repeats the credentials it was sent, as careless servers do."""
    sent = exchange.request.headers.get("authorization", "")
    _refusal(exchange, f"Incorrect API key provided: {sent}", status=401)


@behaviour.add
async def silent_refusal(exchange: Exchange, script: Script) -> None:
    """Announces an error and never sends its text."""
    exchange.begin_chunked(_JSON, status=500)
    await asyncio.Event().wait()


def _status(code: int, after: str | None, *, dated: bool) -> Behaviour:
    async def answer(exchange: Exchange, script: Script) -> None:
        headers = dict(_JSON)
        if dated:
            after_7_s = datetime.now(UTC) + timedelta(seconds=7)
            headers["retry-after"] = format_datetime(after_7_s, usegmt=True)
        elif after is not None:
            headers["retry-after"] = after
        body = {"error": {"message": f"the fake says {code}", "type": "fake", "code": code}}
        exchange.answer(code, json.dumps(body).encode(), headers)

    return answer


def _context(limit: int) -> Behaviour:
    async def answer(exchange: Exchange, script: Script) -> None:
        tokens = sum(len(str(message["content"])) for message in script.body["messages"]) // 4
        if tokens <= limit:
            await ok(exchange, script)
            return
        said = f"This model's maximum context length is {limit} tokens, your prompt has {tokens}"
        _refusal(exchange, said)

    return answer


def _whole(exchange: Exchange, payload: dict[str, Any]) -> None:
    exchange.answer(200, json.dumps(payload).encode(), _JSON)


def _stream(exchange: Exchange, frames: list[bytes]) -> None:
    exchange.begin_chunked(_EVENTS)
    for sent in filter(None, frames):
        exchange.chunk(sent)
    exchange.end_chunked()


def _half(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(_EVENTS)
    exchange.chunk(script.role())
    for piece in script.pieces[: max(1, len(script.pieces) // 2)]:
        exchange.chunk(script.chunk(piece))


def _error(script: Script, error: dict[str, Any]) -> bytes:
    choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
    return frame(
        {"id": "x", "object": "chat.completion.chunk", "error": error, "choices": [choice]}
    )


def _refusal(exchange: Exchange, message: str, *, status: int = 400) -> None:
    body = {"error": {"message": message, "type": "invalid_request_error", "code": None}}
    exchange.answer(status, json.dumps(body).encode(), _JSON)

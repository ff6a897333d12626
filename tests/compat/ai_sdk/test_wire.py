"""Encoded logs, as the AI SDK's own client takes them, versions 7 and 6."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from uuid import UUID

import pytest
import pytest_asyncio

from app.chat import (
    Broke,
    ChatEvent,
    Counted,
    Finished,
    NoticeCode,
    Noticed,
    Said,
    Started,
    Thought,
    ToolCalled,
)
from app.compat.ai_sdk.encoder import Encoder
from tests.compat.ai_sdk.client import Client, State, running
from tests.compat.ai_sdk.packages import VERSIONS, Missing, laid_out
from tests.fakes.http_server import Exchange, HttpServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

IDS = (UUID(int=1), UUID(int=2), UUID(int=3))
STARTED = Started(*IDS, model="openai:gpt")
USAGE = Counted(120, 8, Decimal("0.00031"), 40)
NOTICE = Noticed(NoticeCode.FALLBACK, "another model answers")
NO_PAGE = "export const [parleyTransport, resumeAnswer, stopAnswer] = []\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=VERSIONS)
async def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    try:
        folder = laid_out(tmp_path_factory.mktemp("wire"), request.param, {"parley.js": NO_PAGE})
    except Missing as missing:
        pytest.skip(str(missing))
    async with running(folder / "chat.mjs") as started:
        yield started


async def heard(client: Client, log: Sequence[ChatEvent], encoder: Encoder | None = None) -> State:
    """What the client made of it, a frame at a time."""
    frames = (encoder or Encoder()).encode(log)

    async def answer(exchange: Exchange) -> None:
        exchange.begin_chunked({"content-type": "text/event-stream"})
        for frame in frames.splitlines(keepends=True):
            exchange.chunk(frame)
        exchange.end_chunked()

    async with HttpServer(answer) as server:
        chat = await client.open("chat", api=f"http://127.0.0.1:{server.port}/chat")
        return await chat.say("Hello?")


async def test_everything_that_a_log_can_hold(client: Client) -> None:
    call = ToolCalled("call_1", "weather", '{"city": "Graz"}')
    broken = ToolCalled("call_2", "weather", '{"city"')
    thoughts = Thought("Hm"), Thought("…")
    log: list[ChatEvent] = [STARTED, *thoughts, Said("Hel"), NOTICE, Said("lo"), Thought("so")]
    log += [call, broken, USAGE, Finished(IDS[2], "tool_calls")]
    state = await heard(client, log)
    assert (state["status"], state["error"]) == ("ready", None)
    _, answer = state["messages"]
    assert answer["id"] == str(IDS[2])
    assert [(part["type"], part.get("text"), part.get("state")) for part in answer["parts"]] == [
        ("step-start", None, None),
        ("reasoning", "Hm…", "done"),
        ("text", "Hello", "done"),
        ("reasoning", "so", "done"),
        ("tool-weather", None, "input-available"),
        ("tool-weather", None, "output-error"),
    ]
    assert answer["metadata"]["usage"]["totalTokens"] == 128
    assert [notice["data"] for notice in state["notices"]] == [
        {"code": "FALLBACK", "message": "another model answers"}
    ]
    assert state["finished"][-1]["finishReason"] == "tool-calls"


async def test_wherever_it_is_cut_the_replay_makes_it_whole(client: Client) -> None:
    call = ToolCalled("call_1", "weather", "{}")
    middle = (Thought("Hm"), Said("Hel"), NOTICE, Said("lo"), call, USAGE)
    log: list[ChatEvent] = [STARTED, *middle, Finished(IDS[2], "tool_calls")]
    frames = Encoder().encode(log).split(b"\n\n")
    whole = (await heard(client, log))["messages"][1]
    for place in range(len(frames) - 2):  # up to the event before the last, which is `[DONE]`
        state = await _resumed(client, frames, place)
        assert (state["status"], state["messages"][1:]) == ("ready", [whole]), place


async def _resumed(client: Client, frames: Sequence[bytes], place: int) -> State:
    """Of a stream that is cut after `place` events, and told from the start when it is asked for
    again."""

    async def answer(exchange: Exchange) -> None:
        exchange.begin_chunked({"content-type": "text/event-stream"})
        again = exchange.request.method == "GET"
        for frame in frames if again else frames[:place]:
            exchange.chunk(frame + b"\n\n")
        if again:
            exchange.end_chunked()
        else:
            exchange.hang_up()

    async with HttpServer(answer) as server:
        chat = await client.open("chat", api=f"http://127.0.0.1:{server.port}/chat")
        assert (await chat.say("Hello?"))["status"] == "error"
        return await chat.do("resume")


async def test_a_call_of_a_tool_that_the_page_did_not_name(client: Client) -> None:
    call = ToolCalled("call_1", "launch", "{}")
    log: list[ChatEvent] = [STARTED, call, Finished(IDS[2], "tool_calls")]
    state = await heard(client, log, Encoder(declared=("weather",)))
    assert state["messages"][-1]["parts"][1]["type"] == "dynamic-tool"


@pytest.mark.parametrize("reason", ["stop", "length", "content_filter", "odd"])
async def test_every_reason_to_finish(client: Client, reason: str) -> None:
    state = await heard(client, [STARTED, Said("Hello"), Finished(IDS[2], reason)])
    assert (state["status"], state["finished"][-1]["isError"]) == ("ready", False)


async def test_a_stopped_answer_is_kept(client: Client) -> None:
    state = await heard(client, [STARTED, Said("Hel"), Finished(IDS[2], "stopped")])
    assert state["status"] == "ready"
    assert state["messages"][-1]["parts"][-1]["text"] == "Hel"


async def test_a_broken_answer_is_an_error(client: Client) -> None:
    state = await heard(client, [STARTED, Said("Hel"), Broke("LLM_TIMEOUT", "no answer", True)])
    assert (state["status"], state["error"]) == ("error", "no answer")
    assert state["messages"][-1]["parts"][-1]["text"] == "Hel"

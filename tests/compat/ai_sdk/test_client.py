"""What a page sees that talks to the door with the AI SDK's own client, versions 7 and 6."""

from typing import Any
from urllib.parse import quote

import pytest

from app.kit.ids import new_id
from tests.compat.ai_sdk.client import Chat, Client, State
from tests.compat.ai_sdk.conftest import SAID
from tests.compat.ai_sdk.upstream import HeldUpstream
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEATHER = {
    "name": "weather",
    "description": "The weather in a city.",
    "inputSchema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def name() -> str:
    return f"chat {new_id()}/ä"


def texts(state: State) -> list[tuple[str, str]]:
    return [
        (message["role"], "".join(p["text"] for p in message["parts"] if p["type"] == "text"))
        for message in state["messages"]
    ]


def kinds(state: State) -> list[str]:
    """Of the last message's parts."""
    return [part["type"] for part in state["messages"][-1]["parts"]]


def asked(vendor: HeldUpstream) -> list[list[dict[str, Any]]]:
    """What the model was sent for each answer, without the system text; answers only, no titles
    or summaries."""
    return [
        [message for message in call["messages"] if message["role"] != "system"]
        for call in vendor.calls
        if call.get("stream")
    ]


async def stored(service: Service, conversation_id: str) -> list[dict[str, Any]]:
    answer = await service.http.get(f"/api/conversations/{conversation_id}/messages")
    messages: list[dict[str, Any]] = answer.json()["messages"]
    return messages


async def interrupted(chat: Chat, vendor: HeldUpstream) -> State:
    """Half an answer is there, and the rest is on its way."""
    vendor.hold()
    await chat.do("send", message={"text": "Where is Graz?"})
    return await chat.do("heard", text="Graz")


async def test_an_answer_streams_into_a_message_that_tells_where_it_is_from(
    client: Client, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    state = await chat.say("Where is Graz?")
    assert (state["status"], state["error"]) == ("ready", None)
    assert texts(state) == [("user", "Where is Graz?"), ("assistant", SAID)]
    answer = state["messages"][-1]
    metadata = answer["metadata"]
    assert answer["id"] == metadata["messageId"]
    assert state["headers"]["x-parley-generation"] == metadata["generationId"]
    assert state["headers"]["x-vercel-ai-ui-message-stream"] == "v1"
    assert metadata["model"] == "openai:fake-small"
    assert metadata["usage"]["inputTokens"] > 0
    assert all(part.get("state", "done") == "done" for part in answer["parts"])
    assert [end["finishReason"] for end in state["finished"]] == ["stop"]


async def test_the_transport_as_it_comes_will_do(
    client: Client, service: Service, vendor: HeldUpstream
) -> None:
    """It sends all of its messages each time; none is taken twice."""
    chat = await client.open(name(), api=f"{service.url}/api/ai-sdk/chat")
    await chat.say("Where is Graz?")
    state = await chat.say("And Linz?")
    assert [role for role, _ in texts(state)] == ["user", "assistant"] * 2
    assert [m["content"] for m in asked(vendor)[-1]] == ["Where is Graz?", SAID, "And Linz?"]


async def test_stop_ends_the_answer_and_keeps_what_was_said(
    client: Client, service: Service, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    state = await interrupted(chat, vendor)
    await chat.do("stop")
    state = await chat.do("settled")
    assert (state["status"], texts(state)[-1]) == ("ready", ("assistant", "Graz "))
    [(_, _), said] = [
        (m["role"], m["content"])
        for m in await stored(service, state["messages"][-1]["metadata"]["conversationId"])
    ]
    assert said == ("assistant", "Graz ")


async def test_a_connection_that_breaks_is_resumed_without_a_word_twice(
    client: Client, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    await interrupted(chat, vendor)
    await chat.do("cut")
    assert (await chat.do("settled"))["status"] == "error"
    await chat.do("resuming")
    vendor.let_go()
    state = await chat.do("resumed")
    assert state["status"] == "ready"
    assert texts(state) == [("user", "Where is Graz?"), ("assistant", SAID)]


async def test_an_answer_that_ended_while_the_connection_was_broken_is_not_left_half(
    client: Client, service: Service, vendor: HeldUpstream
) -> None:
    chat = await client.open(chat_name := name())
    await interrupted(chat, vendor)
    await chat.do("cut")
    await chat.do("settled")
    vendor.let_go()
    await _at_rest(service, chat_name)
    state = await chat.do("rest")
    assert (state["status"], texts(state)[-1]) == ("ready", ("assistant", SAID))


async def test_a_page_that_is_loaded_anew_goes_on_with_the_answer(
    client: Client, vendor: HeldUpstream
) -> None:
    chat_name = name()
    state = await interrupted(await client.open(chat_name), vendor)
    loaded = await client.open(chat_name, messages=state["messages"])
    await loaded.do("resuming")
    vendor.let_go()
    state = await loaded.do("resumed")
    assert (state["status"], state["code"]) == ("ready", 200)
    assert texts(state) == [("user", "Where is Graz?"), ("assistant", SAID)]


async def test_where_nothing_runs_there_is_nothing_to_resume(
    client: Client, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    assert (await chat.do("resume"))["code"] == 204
    said = await chat.say("Where is Graz?")
    state = await chat.do("resume")
    assert (state["code"], state["status"]) == (204, "ready")
    assert state["messages"] == said["messages"]


async def test_an_answer_is_made_again_beside_the_first(
    client: Client, service: Service, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    first = await chat.say("Where is Graz?")
    vendor.reply = lambda _body: "In Styria."
    await chat.do("regenerate")
    state = await chat.do("settled")
    assert texts(state) == [("user", "Where is Graz?"), ("assistant", "In Styria.")]
    assert state["messages"][-1]["id"] != first["messages"][-1]["id"]
    assert [m["content"] for m in asked(vendor)[-1]] == ["Where is Graz?"]
    again = await chat.say("How far is it?")
    assert texts(again)[-1][1] == "In Styria."
    assert [m["content"] for m in asked(vendor)[-1]] == [
        "Where is Graz?", "In Styria.", "How far is it?",
    ]  # fmt: skip


async def test_a_question_may_be_put_otherwise_and_again(
    client: Client, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    state = await chat.say("Where is Graz?")
    edited = state["messages"][0]["id"]
    for text in ("Where is Linz?", "Where is Wels?"):
        await chat.do("send", message={"text": text, "messageId": edited})
        state = await chat.do("settled")
        assert texts(state) == [("user", text), ("assistant", SAID)]
        assert [m["content"] for m in asked(vendor)[-1]] == [text]
    await chat.do("regenerate")
    await chat.do("settled")
    assert [m["content"] for m in asked(vendor)[-1]] == ["Where is Wels?"]


async def test_an_answer_that_breaks_off_is_an_error_and_is_made_again(
    client: Client, vendor: HeldUpstream
) -> None:
    chat = await client.open(name())
    vendor.faults.append("cut")
    state = await chat.say("Where is Graz?")
    assert state["status"] == "error"
    assert state["error"]
    assert state["finished"][-1]["isError"]
    await chat.do("regenerate")
    state = await chat.do("settled")
    assert texts(state) == [("user", "Where is Graz?"), ("assistant", SAID)]
    assert [m["content"] for m in asked(vendor)[-1]] == ["Where is Graz?"]


async def test_a_refusal_is_told_in_words_for_people(
    client: Client, service: Service, vendor: HeldUpstream
) -> None:
    chat = await client.open(chat_name := name())
    await interrupted(chat, vendor)
    await chat.do("leave")
    state = await chat.say("And Linz?")
    assert (state["code"], state["status"]) == (409, "error")
    assert state["headers"]["x-parley-error"] == "GENERATION_ACTIVE"
    assert state["error"].startswith("an answer is being made in conversation")
    vendor.let_go()
    await _at_rest(service, chat_name)
    await chat.do("regenerate")
    state = await chat.do("settled")
    assert texts(state)[-2:] == [("user", "And Linz?"), ("assistant", SAID)]
    assert [m["content"] for m in asked(vendor)[-1]] == ["Where is Graz?", SAID, "And Linz?"]


async def _at_rest(service: Service, chat: str) -> None:
    """Reads the answer that is being made in the chat to its end."""
    await service.http.get(f"/api/ai-sdk/chat/{quote(chat, safe='')}/stream")


class TestToolsOfThePage:
    async def test_what_a_tool_found_goes_on_in_the_same_message(
        self, client: Client, vendor: HeldUpstream
    ) -> None:
        chat = await client.open(name(), body={"tools": [WEATHER]}, automatic=True)
        vendor.reply = _calls_once
        state = await chat.say("How is the weather in Graz?")
        [call] = state["calls"]
        assert (call["toolName"], call["input"]) == ("weather", {"city": "Graz"})
        assert kinds(state) == ["step-start", "tool-weather"]
        result = {"tool": "weather", "toolCallId": call["toolCallId"], "output": {"celsius": 12}}
        await chat.do("output", result=result)
        state = await chat.do("ended", times=2)
        assert len(state["messages"]) == 2
        assert kinds(state) == ["step-start", "tool-weather", "step-start", "text"]
        assert texts(state)[-1][1] == "It is 12 degrees."
        answered = asked(vendor)[-1]
        assert [m["role"] for m in answered] == ["user", "assistant", "tool"]
        assert answered[-1]["content"] == '{"celsius":12}'
        again = await chat.say("Thanks.")
        assert [role for role, _ in texts(again)] == ["user", "assistant"] * 2
        assert [m["role"] for m in asked(vendor)[-1]] == [
            "user", "assistant", "tool", "assistant", "user",
        ]  # fmt: skip

    async def test_a_page_that_is_loaded_in_between_sees_the_first_step_too(
        self, client: Client, vendor: HeldUpstream
    ) -> None:
        chat_name = name()
        chat = await client.open(chat_name, body={"tools": [WEATHER]}, automatic=True)
        vendor.reply = _calls_once
        state = await chat.say("How is the weather in Graz?")
        vendor.hold()
        call_id = state["calls"][0]["toolCallId"]
        result = {"tool": "weather", "toolCallId": call_id, "output": "12 degrees"}
        await chat.do("output", result=result)
        state = await chat.do("heard", text="It ")
        loaded = await client.open(chat_name, messages=state["messages"])
        await loaded.do("resuming")
        vendor.let_go()
        state = await loaded.do("resumed")
        assert len(state["messages"]) == 2
        assert kinds(state) == ["step-start", "tool-weather", "step-start", "text"]
        assert state["messages"][-1]["parts"][1]["output"] == "12 degrees"
        assert texts(state)[-1][1] == "It is 12 degrees."


def _calls_once(body: dict[str, Any]) -> str | dict[str, Any]:
    """Asks for the weather first, and tells it once it knows."""
    if any(message["role"] == "tool" for message in body["messages"]):
        return "It is 12 degrees."
    return {"city": "Graz"}


async def test_the_page_of_the_documentation(page: Client, vendor: HeldUpstream) -> None:
    state = await page.do("load")
    assert (state["said"], state["busy"]) == ([], False)
    await page.do("type", text="Where is it?")
    vendor.hold()
    await page.do("send")
    assert (await page.do("shows", text="Graz"))["busy"]
    vendor.let_go()
    state = await page.do("rests")
    assert state["said"] == ["Where is it?", SAID]
    assert state["by"] == ["You", "openai:fake-small"]
    vendor.hold()
    await page.do("click", label="Again")
    await page.do("shows", text="Graz")
    await page.do("click", label="Stop")
    state = await page.do("rests")
    assert (state["said"], state["alert"]) == (["Where is it?", "Graz "], [])
    vendor.let_go()
    vendor.faults.append("cut")
    await page.do("type", text="And Linz?")
    await page.do("send")
    state = await page.do("rests")
    assert state["alert"]

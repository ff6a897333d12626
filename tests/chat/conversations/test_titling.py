"""Titles of conversations that are held, over HTTP."""

import asyncio
from typing import Any

from tests.fakes.gate import Gate
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

PATH = "/api/conversations"
QUESTION = "Hi! Which train goes to Rome? I have a dog."


def reply(body: dict[str, Any]) -> str:
    return '"By Train to Rome."' if naming(body) else "The one at nine."


def naming(body: dict[str, Any]) -> bool:
    return "You name conversations" in str(body["messages"][0]["content"])


async def say(service: Service, message: str = QUESTION, **fields: Any) -> str:
    """Has the message answered; returns the conversation's id."""
    answer = await service.http.post("/api/chat/stream", json={"message": message, **fields})
    assert answer.status_code == 200, answer.text
    assert "event: done" in answer.text, answer.text
    if "conversation_id" in fields:
        return str(fields["conversation_id"])
    page = (await service.http.get(PATH, params={"limit": 1})).json()
    return str(page["conversations"][0]["id"])


async def title(service: Service, conversation: str) -> tuple[str | None, str | None]:
    told = (await service.http.get(f"{PATH}/{conversation}")).json()
    return told["title"], told["titled_by"]


async def until_titled(service: Service, conversation: str, wanted: str) -> None:
    async with asyncio.timeout(30):
        while (await title(service, conversation))[0] != wanted:
            await asyncio.sleep(0.05)


async def test_without_a_model_a_title_is_what_was_said_first(service: Service) -> None:
    conversation = await say(service)
    assert await title(service, conversation) == ("Hi! Which train goes to Rome?", "parley")
    await say(service, "And back?", conversation_id=conversation)
    assert await title(service, conversation) == ("Hi! Which train goes to Rome?", "parley")


async def test_a_model_names_the_first_exchange(run_service: RunService) -> None:
    async with (
        FakeOpenAI(reply=reply) as upstream,
        run_service(LM_STUDIO_BASE_URL=upstream.base_url) as service,
    ):
        conversation = await say(service, model="lm_studio:ok")
        await until_titled(service, conversation, "By Train to Rome")
        await say(service, "And back?", conversation_id=conversation, model="lm_studio:ok")
        await service.http.patch(f"{PATH}/{conversation}", json={"title": None})
        await say(service, "With a dog?", conversation_id=conversation, model="lm_studio:ok")
        await until_titled(service, conversation, "By Train to Rome")
        asked, again = [body for body in upstream.calls if naming(body)]
    assert again["messages"] == asked["messages"]
    assert QUESTION in asked["messages"][1]["content"]
    assert "The one at nine." in asked["messages"][1]["content"]


async def test_an_owners_title_stays(run_service: RunService) -> None:
    gate = Gate()

    async def hold() -> None:
        if naming(upstream.calls[-1]):
            await gate()

    async with (
        FakeOpenAI(reply=reply) as upstream,
        run_service(LM_STUDIO_BASE_URL=upstream.base_url) as service,
    ):
        upstream.before_answer = hold
        conversation = await say(service, model="lm_studio:ok")
        await gate.reached()
        await service.http.patch(f"{PATH}/{conversation}", json={"title": "My journey"})
        gate.open()
        await say(service, "And back?", conversation_id=conversation, model="lm_studio:ok")
        assert await title(service, conversation) == ("My journey", "owner")

"""Memory in a running service: from what is said to what comes to mind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

Memories = list[dict[str, Any]]


async def say(service: Service, message: str, **fields: Any) -> str:
    """The conversation's id, once the answer is there."""
    answer = await service.http.post("/api/chat/stream", json={"message": message, **fields})
    assert "event: done" in answer.text, answer.text
    return answer.text.partition('"conversation_id":"')[2].partition('"')[0]


async def memories(service: Service) -> Memories:
    found: Memories = (await service.http.get("/api/memories")).json()["memories"]
    return found


async def until(look: Callable[[], Awaitable[Memories]], *, count: int = 1) -> Memories:
    async with asyncio.timeout(20):
        while len(found := await look()) < count:
            await asyncio.sleep(0.05)
    return found


async def test_what_was_told_in_one_conversation_is_known_in_the_next(service: Service) -> None:
    first = await say(service, "My budget for the kitchen is 500 EUR.")
    (memory,) = await until(lambda: memories(service))
    second = await say(service, "Hello there, you.")

    context = await service.http.get(
        f"/api/conversation/context/{second}", params={"message": "What was my kitchen budget?"}
    )

    (fact,) = context.json()["facts"]
    assert fact["id"] == memory["id"]
    assert fact["source_message_id"] == memory["source_message_id"]
    assert fact["why"].startswith("about your budget for the kitchen; told")
    assert memory["conversation_id"] == first
    assert context.json()["recall"] == "words"


async def test_nothing_is_remembered_unasked_for(service: Service) -> None:
    await say(service, "My dog is called Rex.", remember=False)
    await say(service, "My cat is called Tom.")

    (memory,) = await until(lambda: memories(service))

    assert memory["text"] == "Cat is called Tom"


async def test_memories_get_vectors_where_a_model_makes_some(
    run_service: RunService, upstream: FakeOpenAI
) -> None:
    async with run_service(
        LM_STUDIO_BASE_URL=upstream.base_url,
        LLM_CHAIN_EMBEDDING="lm_studio:text-embedding-small",
    ) as service:
        await service.http.post("/api/memories", json={"text": "Lives in Lisbon"})

        async def embedded() -> Memories:
            return [each for each in await memories(service) if each["embedding_model"]]

        (memory,) = await until(embedded)

    assert memory["embedding_model"] == "lm_studio:text-embedding-small"

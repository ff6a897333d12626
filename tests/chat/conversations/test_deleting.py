"""Deleting conversations in which something goes on, and what is left of them."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from app.chat.conversations.models import ChatMessage
from app.chat.feedback.models import Feedback
from app.chat.generations.models import Generation, GenerationEvent
from app.chat.memory.models import Memory, Summary
from app.db import Database
from app.kit.ids import new_id
from tests.chat.conversations.rows import (
    AT,
    a_conversation,
    a_generation,
    a_message,
    some_feedback,
    store,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

PATH = "/api/conversations"
GONE = (ChatMessage, Generation, GenerationEvent, Feedback, Summary)


async def test_an_answer_that_is_being_made_is_stopped_first(run_service: RunService) -> None:
    async with (
        FakeOpenAI(reply=lambda _: "word " * 10_000, token_delay=0.02) as upstream,
        run_service(LM_STUDIO_BASE_URL=upstream.base_url) as service,
    ):
        body = {"message": "Tell me all.", "model": "lm_studio:ok"}
        async with service.http.stream("POST", "/api/chat/stream", json=body) as stream:
            lines = stream.aiter_lines()
            async for line in lines:
                if line == "event: content":
                    break
            (listed,) = (await service.http.get(PATH)).json()["conversations"]
            assert listed["generation_id"]
            gone = await service.http.delete(f"{PATH}/{listed['id']}")
            assert gone.status_code == 200
            rest = [line async for line in lines]
        assert "event: done" in rest
        assert any('"finish_reason":"stopped"' in line for line in rest)
        first = next(each for each in upstream.requests if each.path.endswith("completions"))
        await asyncio.wait_for(first.hung_up(), 30)
        left = await service.http.get(f"{PATH}/{listed['id']}")
        assert left.status_code == 404


async def test_only_memories_stay_without_their_source(
    service: Service, database: Database
) -> None:
    conversation = a_conversation()
    question = a_message(conversation.id)
    answer = a_message(conversation.id, question)
    generation = a_generation(answer)
    summary = Summary(
        id=new_id(), conversation_id=conversation.id, message_id=answer.id, text="Greetings.",
        tokens_before=9, tokens=2, created_at=AT,
    )  # fmt: skip
    memory = Memory(
        id=new_id(), tenant_id="default", kind="fact", subject="dog", text="Has a dog.",
        confidence=1.0, conversation_id=conversation.id, message_id=question.id,
        created_at=AT, updated_at=AT + timedelta(seconds=1),
    )  # fmt: skip
    more = [generation, some_feedback(answer, rating=4), summary, memory]
    await store(database, conversation, [question, answer], more)
    started = GenerationEvent(generation_id=generation.id, seq=1, type="start", payload={}, at=AT)
    async with database.begin("default") as unit:
        unit.session.add(started)

    assert (await service.http.delete(f"{PATH}/{conversation.id}")).status_code == 200

    async with database.read("default") as unit:
        for model in GONE:
            count = await unit.session.scalar(select(func.count()).select_from(model))
            assert count == 0, model
        (kept,) = (await unit.session.scalars(select(Memory))).all()
    assert (kept.text, kept.conversation_id, kept.message_id) == ("Has a dog.", None, None)

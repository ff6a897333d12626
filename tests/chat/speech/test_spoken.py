"""Turns that are heard and answers that are spoken, by a model on loopback."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy import text

from app.chat import GenerationNotFound
from app.chat.speech import AnswerBroke, Sentence, Speech
from app.db import Address, Database
from app.kit.ids import new_id
from app.lifespan import lifespan_of
from app.main import create_app
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import settings_for

MODEL = "lm_studio:fake-small"
REPLY = "It rains in the south today. Take a coat with you!\n\n```\nx = 1. Y\n```\nThat is all."
SENTENCES = [
    "It rains in the south today.",
    "Take a coat with you!",
    "```\nx = 1. Y\n```",
    "That is all.",
]


class OpenSpeech(Protocol):
    """`async with open_speech() as speech`: that of a process of its own, or as good as that."""

    def __call__(self) -> AbstractAsyncContextManager[Speech]: ...


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(reply=lambda _: REPLY) as fake:
        yield fake


@pytest.fixture
def open_speech(
    upstream: FakeOpenAI, clean_address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenSpeech:
    settings = settings_for(
        clean_address, tmp_path, monkeypatch, LM_STUDIO_BASE_URL=upstream.base_url
    )

    @asynccontextmanager
    async def opened() -> AsyncIterator[Speech]:
        async with lifespan_of(settings)(create_app(settings)) as state:
            yield state["chat"].speech

    return opened


@pytest.fixture
async def speech(open_speech: OpenSpeech) -> AsyncIterator[Speech]:
    async with open_speech() as opened:
        yield opened


async def spoken(speech: Speech, generation_id: UUID, after: int = 0) -> list[Sentence]:
    async with aclosing(speech.spoken.speak("default", generation_id, after=after)) as sentences:
        return [sentence async for sentence in sentences]


def sent(upstream: FakeOpenAI, question: str) -> list[str]:
    """What a model was sent with this question."""
    contents = [[each["content"] for each in call["messages"]] for call in upstream.calls]
    return next(messages for messages in contents if messages[-1] == question)


async def test_what_is_heard_is_answered_in_sentences(speech: Speech, upstream: FakeOpenAI) -> None:
    began = await speech.spoken.hear("default", "How is the weather?", model=MODEL)
    told = await spoken(speech, began.generation_id)
    assert [sentence.text for sentence in told] == SENTENCES
    assert [sentence.index for sentence in told] == [1, 2, 3, 4]
    assert [sentence.code for sentence in told] == [False, False, True, False]
    assert [REPLY[sentence.start : sentence.end] for sentence in told] == SENTENCES
    assert sent(upstream, "How is the weather?")


async def test_an_answer_is_spoken_again_from_any_sentence_on(speech: Speech) -> None:
    began = await speech.spoken.hear("default", "Hello", model=MODEL)
    whole = await spoken(speech, began.generation_id)
    for after in range(len(whole) + 1):
        assert await spoken(speech, began.generation_id, after) == whole[after:]


async def test_another_process_speaks_it_too(speech: Speech, open_speech: OpenSpeech) -> None:
    began = await speech.spoken.hear("default", "Hello", model=MODEL)
    async with open_speech() as other:
        told = await spoken(other, began.generation_id)
    assert told == await spoken(speech, began.generation_id)


async def test_a_conversation_goes_on(speech: Speech, upstream: FakeOpenAI) -> None:
    first = await speech.spoken.hear("default", "One", model=MODEL)
    await spoken(speech, first.generation_id)
    second = await speech.spoken.hear(
        "default", "Two", conversation_id=first.conversation_id, model=MODEL
    )
    await spoken(speech, second.generation_id)
    assert second.conversation_id == first.conversation_id
    assert sent(upstream, "Two")[-3:] == ["One", REPLY, "Two"]


async def test_an_interruption_leaves_what_was_said(
    speech: Speech, upstream: FakeOpenAI, database: Database
) -> None:
    upstream.reply = lambda _: "It rains in the south today. " + "And it goes on. " * 1000
    upstream.token_delay = 0.005
    began = await speech.spoken.hear("default", "Hello", model=MODEL)
    async with aclosing(speech.spoken.speak("default", began.generation_id)) as sentences:
        heard = [await anext(sentences)]
        await speech.spoken.interrupt("default", began.generation_id)
        heard += [sentence async for sentence in sentences]
    assert heard[0].text == "It rains in the south today."
    query = text("SELECT status, content FROM messages WHERE id = :id")
    async with database.read("default") as unit:
        row = (await unit.session.execute(query, {"id": began.message_id})).one()
    assert row.status == "stopped"
    assert row.content[: heard[-1].end].endswith(heard[-1].text)
    assert not row.content[heard[-1].end :].strip()


async def test_an_answer_that_breaks_off_says_so_after_its_last_sentence(
    speech: Speech, upstream: FakeOpenAI
) -> None:
    upstream.fault = "cut"
    began = await speech.spoken.hear("default", "Hello", model=MODEL)
    told: list[str] = []

    async def listen() -> None:
        async for sentence in speech.spoken.speak("default", began.generation_id):
            told.append(sentence.text)  # noqa: PERF401  # kept up to the error

    with pytest.raises(AnswerBroke, match="broke off with LLM_") as broke:
        await listen()
    assert REPLY.startswith(told[0])
    assert broke.value.event.retryable


async def test_who_stops_listening_stops_nothing_else(speech: Speech, upstream: FakeOpenAI) -> None:
    upstream.token_delay = 0.002
    began = await speech.spoken.hear("default", "Hello", model=MODEL)
    async with aclosing(speech.spoken.speak("default", began.generation_id)) as sentences:
        await anext(sentences)
    told = await spoken(speech, began.generation_id)
    assert [sentence.text for sentence in told] == SENTENCES


async def test_what_is_not_there(speech: Speech) -> None:
    began = await speech.spoken.hear("default", "Hello", model=MODEL)
    for tenant_id, generation_id in (("default", new_id()), ("team-blue", began.generation_id)):
        with pytest.raises(GenerationNotFound):
            async for _ in speech.spoken.speak(tenant_id, generation_id):
                pass
        with pytest.raises(GenerationNotFound):
            await speech.spoken.interrupt(tenant_id, generation_id)


async def test_hearing_is_timed(speech: Speech, database: Database) -> None:
    began = await speech.spoken.hear("default", "Hello", model=MODEL, took_ms=120.4)
    await spoken(speech, began.generation_id)
    await speech.timings.flush()
    query = text("SELECT generation_id, part, ms FROM chat_timings")
    async with database.read("default") as unit:
        rows = [tuple(row) for row in await unit.session.execute(query)]
    assert rows == [(began.generation_id, "speech_to_text", 120)]

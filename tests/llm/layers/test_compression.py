"""What is asked of a model once the prompt was made shorter, and what is told about it."""

from typing import Any

import pytest

from app.llm import (
    AnswerCache,
    ImagePart,
    LLMClient,
    Message,
    ModelRef,
    ModelRequest,
    Role,
    Saving,
    Task,
    TextPart,
    Wishes,
)
from app.llm.compression import UnknownStrategy
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

CODE = "Why?\n```python\n# Adds the parts, one after the other, all of them.\nx = 1\n```   \n\n\n\n"
SHORT = "Why?\n```python\nx = 1\n```"
TERMS = "\n".join(f"{n}. Delivery to region {n} takes {n} working days." for n in range(1, 9))
LOSSLESS = Wishes(compress=("lossless",))


def said(*texts: str) -> tuple[Message, ...]:
    """A conversation that a user begins."""
    return tuple(
        Message(Role.ASSISTANT if place % 2 else Role.USER, text)
        for place, text in enumerate(texts)
    )


def asked(upstream: FakeOpenAI) -> list[str]:
    """The texts of the last call."""
    return [message["content"] for message in upstream.calls[-1]["messages"]]


async def test_nothing_unless_asked_for(
    client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    await client.complete(ask(messages=said(CODE)))

    assert asked(upstream) == [CODE]
    assert ledger.only.savings == ()


async def test_the_model_reads_less(client: LLMClient, upstream: FakeOpenAI) -> None:
    await client.complete(ask(messages=said(CODE), wishes=LOSSLESS))

    assert asked(upstream) == [SHORT]


async def test_what_each_strategy_saved_is_in_the_ledger(
    client: LLMClient, ledger: RecordingLedger
) -> None:
    await client.complete(ask(messages=said(CODE, "So.", TERMS, "Go on.", TERMS), wishes=LOSSLESS))

    saved = {s.strategy: s.tokens_before - s.tokens_after for s in ledger.only.savings}
    assert list(saved) == ["comments", "whitespace", "repeats"]
    assert all(tokens > 0 for tokens in saved.values())


async def test_what_does_not_help_is_undone(
    client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    await client.complete(ask(messages=said("Hi."), wishes=LOSSLESS))

    assert asked(upstream) == ["Hi."]
    assert {s.tokens_before - s.tokens_after for s in ledger.only.savings} == {0}


async def test_an_unknown_strategy_is_the_callers_mistake(
    client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    with pytest.raises(UnknownStrategy) as raised:
        await client.complete(ask(wishes=Wishes(compress=("zip",))))

    assert raised.value.status == 400
    assert ledger.only.error == "VALIDATION_ERROR"
    assert upstream.calls == []


async def test_a_long_prompt_too(client: LLMClient, upstream: FakeOpenAI) -> None:
    await client.complete(ask(messages=said(*[TERMS] * 99), wishes=LOSSLESS))

    assert asked(upstream)[0] == TERMS
    assert set(asked(upstream)[1:]) == {
        '[as above: 8 lines from "1. Delivery to region 1 takes 1 working "]'
    }


async def test_pictures_and_what_tools_said_stay(client: LLMClient, upstream: FakeOpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    tool = {"role": "tool", "tool_call_id": "1", "content": CODE}
    spoken = [
        {"role": "user", "content": [{"type": "text", "text": CODE, "x": 1}, picture]},
        {"role": "assistant", "content": None, "tool_calls": []},
        tool,
        {"role": "user", "content": CODE},
    ]
    request = ask(
        messages=(
            Message(Role.USER, CODE, (TextPart(CODE), ImagePart("https://a.example/b.png"))),
            Message(Role.ASSISTANT, ""),
            Message(Role.TOOL, CODE, tool_call_id="1"),
            Message(Role.USER, CODE),
        ),
        wishes=Wishes(compress=("comments", "whitespace")),
        body={"model": "ok", "messages": spoken, "stream": True},
    )
    await client.complete(request)

    assert upstream.calls[-1]["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": SHORT, "x": 1}, picture]},
        {"role": "assistant", "content": None, "tool_calls": []},
        tool,
        {"role": "user", "content": SHORT},
    ]
    assert spoken[3] == {"role": "user", "content": CODE}


class TestSummary:
    SAID = "The retailer wants 40 laptops of 16 GB at $912.50 each, delivered to Leipzig. " * 12
    WISHES = Wishes(compress=("summary",))

    def request(self, turns: int = 17, **fields: Any) -> ModelRequest:
        talk = said(*(f"{place}: {self.SAID}" for place in range(turns)))
        messages = (Message(Role.SYSTEM, "Be brief."), *talk)
        everything: dict[str, Any] = {"messages": messages, "wishes": self.WISHES} | fields
        return ask(**everything)

    @staticmethod
    def reply(body: dict[str, Any]) -> str:
        summarising = "condense" in str(body["messages"][0]["content"])
        return "40 laptops at $912.50." if summarising else "Fine."

    async def test_old_turns_are_told_and_new_ones_stay(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        upstream.reply = self.reply
        request = self.request()
        assert (await client.complete(request)).text == "Fine."

        system, told, noted, *rest = upstream.calls[-1]["messages"]
        assert system["content"] == "Be brief."
        assert told["role"] == "user"
        assert told["content"].endswith("40 laptops at $912.50.")
        assert noted == {"role": "assistant", "content": "Noted."}
        assert [m["content"] for m in rest] == [m.content for m in request.messages[9:]]
        assert [e.task for e in ledger.entries] == [Task.SUMMARY, Task.BUYER_TURN]
        (saving,) = ledger.entries[1].savings
        assert saving.strategy == "summary"
        assert saving.tokens_after < saving.tokens_before

    async def test_in_the_callers_body_alike(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.reply = self.reply
        request = self.request()
        spoken = [{"role": m.role.value, "content": m.content, "x": 1} for m in request.messages]
        body = {"model": "ok", "messages": spoken, "stream": True}
        await client.complete(self.request(body=body))

        messages = upstream.calls[-1]["messages"]
        assert len(messages) == 1 + 2 + 9
        assert messages[0] == spoken[0]
        assert messages[3:] == spoken[9:]

    async def test_is_made_once_for_several_turns(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = self.reply
        client = connect(cache=AnswerCache())
        for turns in (15, 17, 19, 21):
            await client.complete(self.request(turns))

        assert len(upstream.calls) == 4 + 1

    @pytest.mark.parametrize("fault", ["status-500", "cut", "out-of-tokens"])
    async def test_without_a_model_everything_is_sent(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, fault: str
    ) -> None:
        upstream.faults.extend([fault, "ok"])
        request = self.request(model=ModelRef("lm_studio", "m"))
        await client.complete(request)

        assert asked(upstream) == [message.content for message in request.messages]
        (saving,) = ledger.entries[-1].savings
        assert saving == Saving("summary", saving.tokens_before, saving.tokens_before)

    async def test_one_that_is_longer_is_of_no_use(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = lambda body: "word " * 3000
        request = self.request()
        await client.complete(request)

        assert asked(upstream) == [message.content for message in request.messages]

    async def test_little_is_not_worth_a_call(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        await client.complete(self.request(turns=7))

        assert len(upstream.calls) == 1

    async def test_what_tools_said_is_never_summarised(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        messages = list(self.request().messages)
        messages[3] = Message(Role.TOOL, "42", tool_call_id="1")
        await client.complete(self.request(messages=tuple(messages)))

        assert len(upstream.calls) == 1

    async def test_goes_to_the_model_that_was_asked(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        upstream.reply = self.reply
        wishes = Wishes(compress=("summary",), free_only=True, models=("lm_studio:ok",))
        await client.complete(self.request(model=None, wishes=wishes))

        assert {entry.used for entry in ledger.entries} == {ModelRef("lm_studio", "ok")}

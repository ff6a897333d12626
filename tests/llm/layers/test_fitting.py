"""What is sent of a conversation that is longer than the models of its chain take."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    CONTEXT,
    Catalogue,
    ChainExhausted,
    Chains,
    LiveCatalogue,
    Message,
    ModelFacts,
    ModelRef,
    ModelRequest,
    PromptTooLong,
    Role,
    Tool,
    message_tokens,
)
from app.llm.layers.fitting import fit, room_in
from app.llm.tokens import most_prompt_tokens
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

SYSTEM = Message(Role.SYSTEM, "Be brief.")
QUESTION = Message(Role.USER, "And what did I say at first?")


@dataclass(frozen=True)
class Talk:
    """Keeps the newest of what was said before the question."""

    said: tuple[Message, ...]

    @property
    def least(self) -> int:
        return message_tokens(SYSTEM) + message_tokens(QUESTION)

    @property
    def whole(self) -> tuple[Message, ...]:
        return (SYSTEM, *self.said, QUESTION)

    def within(self, tokens: int) -> tuple[Message, ...]:
        left, kept = tokens - self.least, 0
        for message in reversed(self.said):
            left -= message_tokens(message)
            if left < 0:
                break
            kept += 1
        return (SYSTEM, *self.said[len(self.said) - kept :], QUESTION)


def talk(words: int = 40, exchanges: int = 20) -> Talk:
    return Talk(
        tuple(
            Message(role, f"{place}. " + "something " * words)
            for place in range(exchanges)
            for role in (Role.USER, Role.ASSISTANT)
        )
    )


def of(talk: Talk, **fields: object) -> ModelRequest:
    return ask(None, messages=talk.whole, elastic=talk, **fields)


def here(model: str) -> ModelRef:
    return ModelRef("lm_studio", model)


def windows(**lengths: int | None) -> LiveCatalogue:
    """By model; what stands for `-` in a keyword is `_`."""
    return LiveCatalogue(
        Catalogue(
            ModelFacts(here(name.replace("_", "-")), context_length=length)
            for name, length in lengths.items()
        )
    )


def chain(*models: str) -> Chains:
    return Chains(default=tuple(map(here, models)))


def sent(upstream: FakeOpenAI, call: int = -1) -> list[str]:
    return [message["content"] for message in upstream.calls[call]["messages"]]


async def test_what_fits_is_sent_as_it_is(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    client = connect(chains=chain("large"), catalogue=windows(large=100_000))
    await client.complete(of(talk()))

    assert sent(upstream) == [message.content for message in talk().whole]
    assert ledger.only.savings == ()


async def test_a_model_of_which_nothing_is_known_is_sent_all(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    await connect(chains=chain("unknown")).complete(of(talk()))

    assert len(sent(upstream)) == len(talk().whole)


async def test_each_model_of_a_chain_is_sent_what_it_takes(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    client = connect(
        chains=chain("status-503", "small"), catalogue=windows(status_503=100_000, small=2_000)
    )
    await client.complete(of(talk(), max_tokens=500))

    large, small = sent(upstream, 0), sent(upstream, 1)
    assert len(large) == len(talk().whole)
    assert 2 < len(small) < len(large)
    assert (small[0], small[-1]) == (SYSTEM.content, QUESTION.content)
    [saving] = ledger.only.savings
    assert saving.strategy == CONTEXT
    assert saving.tokens_after < 1_500 < saving.tokens_before


async def test_what_was_left_out_for_a_model_that_failed_does_not_count(
    connect: Connect, ledger: RecordingLedger
) -> None:
    client = connect(
        chains=chain("status-503", "large"), catalogue=windows(status_503=2_000, large=100_000)
    )
    await client.complete(of(talk()))

    assert ledger.only.savings == ()


@pytest.mark.parametrize("known", [None, 100_000])
async def test_a_model_that_takes_less_than_was_thought_is_asked_once_more(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger, known: int | None
) -> None:
    client = connect(chains=chain("context-2000"), catalogue=windows(context_2000=known))
    completion = await client.complete(of(talk()))

    assert completion.text
    assert [attempt.error for attempt in completion.attempts] == ["LLM_BAD_GATEWAY", None]
    assert len(sent(upstream, 1)) < len(sent(upstream, 0))
    assert [saving.strategy for saving in ledger.only.savings] == [CONTEXT]


async def test_once_more_and_no_more(connect: Connect, upstream: FakeOpenAI) -> None:
    client = connect(chains=chain("context-5"))
    with pytest.raises(ChainExhausted, match="maximum context length is 5"):
        await client.complete(of(talk()))

    assert len(upstream.calls) == 2
    assert sent(upstream) == [SYSTEM.content, QUESTION.content]


async def test_nothing_is_sent_again_that_cannot_be_shortened(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(chains=chain("context-5"))
    with pytest.raises(ChainExhausted):
        await client.complete(of(Talk(())))
    with pytest.raises(ChainExhausted):
        await client.complete(ask(None, messages=talk().whole))

    assert len(upstream.calls) == 2


async def test_a_model_too_small_for_the_question_is_left_out(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(chains=chain("tiny", "small"), catalogue=windows(tiny=10, small=2_000))
    completion = await client.complete(of(talk()))

    assert completion.model == here("small")
    assert [body["model"] for body in upstream.calls] == ["small"]


async def test_a_question_too_long_for_all_is_nobodys(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(chains=chain("tiny"), catalogue=windows(tiny=10))
    with pytest.raises(PromptTooLong):
        client.plan(of(talk()))
    with pytest.raises(PromptTooLong):
        await client.complete(of(talk()))

    assert not upstream.calls


TEXTS = st.text(max_size=200) | st.text("aZ 9.é中", max_size=400)
TOOLS = st.lists(st.builds(Tool, TEXTS, TEXTS, st.just({"type": "object"})), max_size=2)


@given(
    said=st.lists(st.builds(Message, st.just(Role.USER), TEXTS), max_size=30).map(tuple),
    tools=TOOLS.map(tuple),
    window=st.integers(0, 5_000),
    answer=st.none() | st.integers(1, 2_000),
)
def test_the_context_is_never_longer_than_the_model_takes(
    said: tuple[Message, ...], tools: tuple[Tool, ...], window: int, answer: int | None
) -> None:
    request = of(Talk(said), tools=tools, max_tokens=answer)
    room = room_in(window, request)
    fitted = fit(request, Talk(said), room, most_prompt_tokens)

    least = replace(request, messages=Talk(()).whole)
    assert most_prompt_tokens(fitted) <= room or fitted.messages == least.messages
    assert (fitted.messages[0], fitted.messages[-1]) == (SYSTEM, QUESTION)
    if most_prompt_tokens(request) <= room:
        assert fitted == request

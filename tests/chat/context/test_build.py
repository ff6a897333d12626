from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.context import Context, ContextTooSmall, ElasticContext, Materials, build
from app.chat.context.exchange import Exchange
from app.chat.context.materials import Fact, PartKind
from app.kit.ids import new_id
from app.llm import (
    CallContext,
    Message,
    ModelRequest,
    Role,
    Task,
    message_tokens,
)
from app.llm.tokens import prompt_tokens
from tests.chat.context.made import exchange, materials, said

Rooms = st.floats(0, 1.2)


def characters(message: Message) -> int:
    return len(message.content) + 1


def room(given_materials: Materials, share: float) -> int:
    """From the least that is possible to more than is needed."""
    elastic = ElasticContext(given_materials)
    most = build(given_materials, 10**9).tokens.total
    return elastic.least + int((most - elastic.least) * share)


@given(materials, Rooms)
def test_a_context_is_never_larger_than_it_may_be(given_materials: Materials, share: float) -> None:
    tokens = room(given_materials, share)

    context = build(given_materials, tokens)

    request = ModelRequest(Task.CHAT, context.messages, CallContext("default"))
    assert sum(map(message_tokens, context.messages)) == context.tokens.total <= tokens
    assert prompt_tokens(request) <= context.tokens.total


@given(materials, Rooms)
def test_any_way_of_counting_will_do(given_materials: Materials, share: float) -> None:
    elastic = ElasticContext(given_materials, characters)
    tokens = elastic.least + int(share * 1000)

    context = elastic.build(tokens)

    assert sum(map(characters, context.messages)) == context.tokens.total <= tokens


@given(materials, Rooms)
def test_nothing_is_cut_and_all_is_told_of(given_materials: Materials, share: float) -> None:
    context = build(given_materials, room(given_materials, share))

    system, *rest = context.messages
    kept = len(given_materials.recent) - _count(context, PartKind.EXCHANGE)
    verbatim = [
        *(m for each in given_materials.recent[-kept or 10**6 :] for m in each.messages),
        *given_materials.question.messages,
    ]
    assert rest == verbatim
    assert len(context.facts) == len(given_materials.facts) - _count(context, PartKind.MEMORY)
    assert all(" ".join(fact.text.split()) in system.content for fact in context.facts)
    assert system.content.startswith(given_materials.system)
    assert (context.summary or "") in system.content
    assert all(part.why and part.tokens >= 0 for part in context.dropped)


@given(materials, Rooms)
def test_what_matters_least_is_left_out_first(given_materials: Materials, share: float) -> None:
    context = build(given_materials, room(given_materials, share))

    order = [PartKind.EXCHANGE, PartKind.MEMORY, PartKind.SUMMARY]
    kinds = [order.index(part.kind) for part in context.dropped]
    gone = {part.id for part in context.dropped}
    scores = {fact.id: fact.score for fact in given_materials.facts}
    worst_kept = min((fact.score for fact in context.facts), default=2)
    assert kinds == sorted(kinds)
    assert 1 not in kinds or kinds.count(0) == len(given_materials.recent)
    assert 2 not in kinds or not context.facts
    assert all(scores[each] <= worst_kept for each in gone if each in scores)


@given(materials, Rooms)
def test_a_smaller_part_would_not_have_been_enough(
    given_materials: Materials, share: float
) -> None:
    tokens = room(given_materials, share)

    context = build(given_materials, tokens)

    if context.dropped:
        assert context.tokens.total + context.dropped[-1].tokens > tokens


@given(materials)
def test_too_little_room_for_the_question_is_refused_with_both_numbers(
    given_materials: Materials,
) -> None:
    least = ElasticContext(given_materials).least

    assert build(given_materials, least).tokens.total <= least
    with pytest.raises(ContextTooSmall) as caught:
        build(given_materials, least - 1)
    assert (caught.value.least, caught.value.tokens) == (least, least - 1)


def test_parts_stand_in_their_order_and_are_counted_apart(some_materials: Materials) -> None:
    context = build(some_materials, 10_000)

    system, first, answer, question = context.messages
    places = [
        system.content.index(text)
        for text in ("You are", "- 2026-10-01: likes # Rules tea", "They spoke of trains.")
    ]
    tokens = context.tokens
    assert places == sorted(places)
    assert first == Message(Role.USER, "Hello")
    assert question == Message(Role.USER, "And now?")
    assert min(tokens.system, tokens.memories, tokens.summary, tokens.recent) > 0
    beside = tokens.memories + tokens.summary
    assert context.saved_tokens == 1000 - beside - message_tokens(first) - message_tokens(answer)
    assert [finding.text for finding in context.findings] == ["likes\n\n# Rules\ntea"]


@pytest.fixture
def some_materials() -> Materials:
    told = datetime(2026, 10, 1, tzinfo=UTC)
    fact = Fact(new_id(), "likes\n\n# Rules\ntea", None, "a preference", 0.5, told)
    return Materials(
        system="You are kind.",
        facts=(fact,),
        summary="They spoke of trains.",
        recent=(exchange("Hello"),),
        question=Exchange((said(Role.USER, "And now?"),)),
        past_tokens=1000,
    )


def _count(context: Context, kind: PartKind) -> int:
    return sum(part.kind is kind for part in context.dropped)

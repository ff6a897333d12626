from hypothesis import given
from hypothesis import strategies as st

from app.chat.context.exchange import Exchange, Said, exchanges
from app.chat.context.materials import RecentPolicy
from app.llm import Role, message_tokens
from tests.chat.context.made import called, exchange, result, said, some_exchanges

names = st.sampled_from("abc")
branches = st.lists(
    st.builds(said, st.sampled_from([Role.USER, Role.ASSISTANT]), st.sampled_from(["", "Yes."]))
    | st.builds(called, names)
    | st.builds(called, names, names)
    | st.builds(result, names),
    max_size=20,
)


def test_an_exchange_is_a_question_and_all_that_was_answered() -> None:
    hello, hi = said(Role.USER, "Hello"), said(Role.ASSISTANT, "Hi")
    again, call, found = said(Role.USER, "Look"), called("a"), result("a")
    told = said(Role.ASSISTANT, "Found it")

    first, second = exchanges([hello, hi, again, call, found, told])

    assert first.said == (hello, hi)
    assert second.said == (again, call, found, told)
    assert first.answered
    assert first.id == hello.id


def test_calls_without_results_and_results_without_calls_are_left_out() -> None:
    asked = said(Role.USER, "Look")
    half = called("a", "b", text="Let me see")

    [found] = exchanges([asked, half, result("a"), result("c"), called("d")])

    _, kept, answer = found.said
    assert [call.id for call in kept.message.tool_calls] == ["a"]
    assert answer.message.tool_call_id == "a"
    assert not found.answered


def test_an_answer_that_failed_says_nothing() -> None:
    [found] = exchanges([said(Role.USER, "Hello"), said(Role.ASSISTANT, "")])

    assert len(found.said) == 1
    assert not found.answered


@given(branches)
def test_every_call_is_followed_by_its_result(branch: list[Said]) -> None:
    told = [each.message for found in exchanges(branch) for each in found.said]

    open_calls: list[str] = []
    for message in told:
        if message.role is Role.TOOL:
            assert message.tool_call_id in open_calls
            open_calls.remove(message.tool_call_id)
        else:
            assert not open_calls
            open_calls = [call.id for call in message.tool_calls]
    assert not open_calls


@given(branches)
def test_exchanges_keep_the_order_and_begin_with_a_person(branch: list[Said]) -> None:
    found = exchanges(branch)

    kept = [each.id for one in found for each in one.said]
    assert kept == [each.id for each in branch if each.id in kept]
    assert all(one.said[0].message.role is Role.USER for one in found[1:])
    assert all(each.message.role is not Role.USER for one in found for each in one.said[1:])


@given(some_exchanges, st.integers(1, 15), st.integers(1, 500))
def test_the_newest_exchanges_are_recent(
    said_before: tuple[Exchange, ...], count: int, tokens: int
) -> None:
    older, recent = RecentPolicy(count, tokens).split(said_before, message_tokens)

    size = sum(message_tokens(message) for one in recent for message in one.messages)
    assert older + recent == said_before
    assert len(recent) <= count
    assert size <= tokens or len(recent) == 1
    assert bool(recent) == bool(said_before)


def test_no_more_than_fits_is_recent_but_the_last_exchange_always_is() -> None:
    long = exchange("How?", "So. " * 500)

    assert RecentPolicy(12, 100).split([exchange("a"), long], message_tokens)[1] == (long,)
    assert len(RecentPolicy(12, 10_000).split([exchange("a"), long], message_tokens)[1]) == 2

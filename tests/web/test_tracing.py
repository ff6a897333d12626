"""Which trace a request is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.tracing import begin_trace

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def told(traceparent: str) -> tuple[str, str | None, bool, bool]:
    begun = begin_trace(traceparent.encode())
    return begun.trace.trace_id, begun.parent_id, begun.trace.sampled, begun.trace.remote


def test_a_callers_is_taken_over() -> None:
    assert told(f"00-{TRACE}-{PARENT}-01") == (TRACE, PARENT, True, True)


def test_a_caller_decides_whether_it_is_kept() -> None:
    assert told(f"00-{TRACE}-{PARENT}-00") == (TRACE, PARENT, False, True)


def test_its_span_is_new() -> None:
    assert begin_trace(f"00-{TRACE}-{PARENT}-01".encode()).trace.span_id != PARENT


def test_a_later_version_may_say_more() -> None:
    assert told(f"cc-{TRACE}-{PARENT}-01-what-comes") == (TRACE, PARENT, True, True)


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "nonsense",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-more",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-0x",
        f"00-{TRACE}-{PARENT}-01\n",
        f"00-{TRACE}-{PARENT}-0100-{TRACE}-{PARENT}-01",
    ],
)
def test_a_malformed_one_is_none(malformed: str) -> None:
    trace_id, parent_id, sampled, remote = told(malformed)

    assert (trace_id != TRACE, len(trace_id), parent_id, sampled, remote) == (
        True,
        32,
        None,
        True,
        False,
    )


@given(st.binary(max_size=80))
def test_anything_gets_a_trace(sent: bytes) -> None:
    trace = begin_trace(sent).trace

    assert int(trace.trace_id, 16)
    assert int(trace.span_id, 16)

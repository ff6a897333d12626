"""Whatever Galileo does, each trace arrives once or is counted as lost."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.db import EVERY_TENANT, Database
from app.gateway.traces.outbox.repository import Outbox, add_outcome
from app.kit.clock import utc_now
from app.kit.ids import new_id
from tests.fakes.galileo import FakeGalileo
from tests.gateway.traces.conftest import Trace, call, record, until

OUTAGES = {
    "hang": "timeout",
    "cut": "unreachable",
    "garbage": "unusable",
    "flood": "unusable",
    "status-429": "busy",
    "status-500": "busy",
    "status-403": "key_refused",
    "status-301": "refused",
}


async def test_every_outage_is_waited_out(trace: Trace, galileo: FakeGalileo) -> None:
    async with trace() as tracing:
        for place, (fault, code) in enumerate(OUTAGES.items(), start=1):
            galileo.fault = fault
            failed = tracing.status().failed
            record(tracing, call())
            await until(lambda: tracing.status().failed > failed)  # noqa: B023  # awaited here
            assert tracing.status().last_error == code
            galileo.fault = "ok"
            await until(lambda: tracing.status().delivered == place)  # noqa: B023  # the same
        assert tracing.status().lost == 0
    assert set(galileo.received.values()) == {1}


async def test_what_arrived_unheard_of_is_not_sent_again(
    trace: Trace, galileo: FakeGalileo
) -> None:
    galileo.fault, galileo.fault_at = "late", "/traces"
    async with trace() as tracing:
        record(tracing, call())
        await until(lambda: tracing.status().failed > 0)
        galileo.fault = "ok"
        await until(lambda: tracing.status().delivered == 1)
    assert [*galileo.received.values()] == [1]


async def test_what_was_claimed_by_who_died_is_delivered_by_others(
    trace: Trace, galileo: FakeGalileo, database: Database
) -> None:
    galileo.fault = "status-503"
    async with trace(settle=3600) as tracing:
        record(tracing, call())
    async with database.begin(EVERY_TENANT) as unit:
        due = utc_now() + timedelta(hours=2)
        [_] = await Outbox(unit).claim(due, lease=timedelta(hours=-4), limit=20)
    galileo.fault = "ok"
    async with trace() as tracing:
        await until(lambda: tracing.status().delivered == 1)
    assert [*galileo.received.values()] == [1]


async def test_several_processes_deliver_each_trace_once(
    trace: Trace, galileo: FakeGalileo
) -> None:
    async with trace() as one, trace() as another:
        record(one, *(call() for _ in range(30)))
        record(another, *(call() for _ in range(30)))
        await until(lambda: one.status().delivered + another.status().delivered == 60)
    assert len(galileo.traces) == 60
    assert set(galileo.received.values()) == {1}
    assert len(galileo.sessions) == 60


async def test_only_what_is_refused_is_lost(trace: Trace, galileo: FakeGalileo) -> None:
    async with trace() as tracing:
        record(tracing, call())
        await until(lambda: tracing.status().delivered == 1)
        galileo.fault, galileo.fault_at = "status-422", "/traces"
        record(tracing, call())
        await until(lambda: tracing.status().lost == 1)
        assert tracing.status().last_error == "trace_refused"
        galileo.fault = "ok"
        record(tracing, call())
        await until(lambda: tracing.status().delivered == 2)


@pytest.mark.parametrize(("most", "patience"), [(0, 3600), (100, 0)])
async def test_what_waits_is_bounded_by_count_and_age(
    trace: Trace, galileo: FakeGalileo, most: int, patience: float
) -> None:
    galileo.fault = "status-503"
    async with trace(most=most, patience=patience) as tracing:
        record(tracing, *(call() for _ in range(5)))
        await until(lambda: tracing.status().lost == 5)
        await until(lambda: tracing.status().waiting == 0)


async def test_a_run_that_is_gone_has_no_outcome(trace: Trace, database: Database) -> None:
    now = utc_now()
    async with database.begin("default") as unit:
        await add_outcome(unit, new_id(), now=now, due=now)
    async with trace() as tracing:
        await until(lambda: tracing.status().lost == 1)


async def test_what_is_set_up_wrong_shows_at_the_start(trace: Trace, galileo: FakeGalileo) -> None:
    unopened = trace()
    galileo.key = "another"
    async with unopened as tracing:
        await until(lambda: tracing.status().failed > 0)
        assert tracing.status().last_error == "key_refused"


async def test_a_login_that_is_over_is_renewed(trace: Trace, galileo: FakeGalileo) -> None:
    async with trace() as tracing:
        record(tracing, call())
        await until(lambda: tracing.status().delivered == 1)
        galileo.tokens.clear()
        record(tracing, call())
        await until(lambda: tracing.status().delivered == 2)
        assert tracing.status().failed == 0
    assert galileo.logins == 2


async def test_a_project_that_was_deleted_is_made_again(trace: Trace, galileo: FakeGalileo) -> None:
    async with trace() as tracing:
        record(tracing, call())
        await until(lambda: tracing.status().delivered == 1)
        galileo.projects.clear()
        galileo.log_streams.clear()
        record(tracing, call())
        await until(lambda: tracing.status().delivered == 2)


async def test_the_key_is_in_no_log(trace: Trace, galileo: FakeGalileo) -> None:
    key, refused = galileo.key, "another"
    with capture_logs() as logs:
        async with trace() as tracing:
            galileo.key = refused
            record(tracing, call())
            await until(lambda: tracing.status().failed > 0)
    assert tracing.status().last_error == "key_refused"
    assert logs
    assert key not in str(logs)


async def test_shutting_down_does_not_wait_for_galileo(trace: Trace, galileo: FakeGalileo) -> None:
    galileo.fault = "hang"
    async with asyncio.timeout(30):
        async with trace() as tracing:
            record(tracing, call())
            await until(lambda: len(galileo.requests) > 0)
